// Answers how long a key of integers lasts.
#include "dialects/postgres/examine.h"
#include "dialects/postgres/owned_sequences.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

constexpr const char* kTypeSql = R"sql(
SELECT CASE a.atttypid WHEN 'pg_catalog.int2'::regtype::oid THEN 32767
    WHEN 'pg_catalog.int4'::regtype::oid THEN 2147483647
    WHEN 'pg_catalog.int8'::regtype::oid THEN 9223372036854775807 END,
  (SELECT pg_catalog.pg_sequence_last_value(o.id) FROM (@SEQUENCES@) o
   ORDER BY o.id LIMIT 1),
  (SELECT count(*) FROM (@SEQUENCES@) o
   JOIN pg_catalog.pg_sequence q ON q.seqrelid = o.id
     AND q.seqincrement > 0 AND q.seqmin = 1),
  (SELECT pg_catalog.pg_stat_get_tuples_inserted(a.attrelid)
    / GREATEST(extract(epoch FROM pg_catalog.clock_timestamp() - s.began), 1)),
  pg_catalog.to_char(s.began, 'YYYY-MM-DD HH24:MI')
FROM pg_catalog.pg_attribute a, (SELECT coalesce(
    pg_catalog.pg_stat_get_db_stat_reset_time(
      (SELECT oid FROM pg_catalog.pg_database
       WHERE datname = pg_catalog.current_database())),
    pg_catalog.pg_postmaster_start_time()) AS began) s
WHERE a.attrelid = pg_catalog.to_regclass($1::text)::oid
  AND a.attname = $2::name AND NOT a.attisdropped)sql";

std::string TypeSql() {
  return FilledAll(kTypeSql, {{"@SEQUENCES@",
                               OwnedSequencesSql("a.attrelid", "a.attname")}});
}

// Returns how many values the sequence gives away while one looks at it for a
// second; 0 where there is none.
double NowPerSecond(db::Connection& connection,
                    const std::vector<db::Value>& parameters,
                    const db::Value& before) {
  if (db::IsNull(before)) return 0;
  connection.Execute("SELECT pg_catalog.pg_sleep(1)");
  const db::Result after = connection.Execute(TypeSql(), parameters);
  if (after.rows.empty() || db::IsNull(after.rows[0][1])) return 0;
  return static_cast<double>(db::ToInt(after.rows[0][1]) - db::ToInt(before));
}

}  // namespace

db::Answer AnswerTo(db::Connection& connection,
                    const db::RoomQuestion& question) {
  db::Answer answer;
  const db::Transaction transaction(connection, {db::Purpose::kRead});
  const std::vector<db::Value> parameters = {Name(question.table),
                                             question.column};
  const db::Result types = connection.Execute(TypeSql(), parameters);
  if (types.rows.empty() || db::IsNull(types.rows[0][0])) return answer;
  const db::Row& row = types.rows[0];
  const std::string column = Ident(question.column);
  const db::Result taken =
      connection.Execute("SELECT pg_catalog.max(" + column +
                         ")::pg_catalog.int8, coalesce("
                         "pg_catalog.min(" +
                         column + ") < 0, false) FROM " + Name(question.table));
  const std::int64_t top = db::ToInt(row[0]);
  std::int64_t highest = 0;
  for (const db::Value* value : {&row[1], &taken.rows.at(0).at(0)}) {
    if (!db::IsNull(*value)) highest = std::max(highest, db::ToInt(*value));
  }
  db::KeyRoom room;
  room.left = top - highest;
  room.owns_sequence = db::ToInt(row[2]) > 0;
  room.per_second = std::stod(db::ToText(row[3]));
  room.since = db::ToText(row[4]);
  if (question.looks_on) {
    room.now_per_second = NowPerSecond(connection, parameters, row[1]);
  }
  room.negative = db::ToInt(taken.rows[0][1]) != 0;
  answer.room = std::move(room);
  return answer;
}

}  // namespace segue::postgres
