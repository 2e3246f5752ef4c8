#include "dialects/postgres/partitions_ahead.h"

#include "base/append.h"
#include "base/text.h"
#include "dialects/postgres/partition_watch.h"
#include "dialects/postgres/ranges.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

// The highest partition, and how its rows are stored. The texts of its bounds
// have quotes unless they are numbers.
constexpr const char* kLast = R"sql(
SELECT t.column_name, t.owner,
  pg_catalog.btrim(b.low, ''''), pg_catalog.btrim(b.high, ''''),
  coalesce(' USING ' || pg_catalog.quote_ident(m.amname), '')
    || coalesce(' WITH (' || pg_catalog.array_to_string(c.reloptions, ', ')
      || ')', ''),
  CASE c.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' END,
  t.default_partition
FROM (SELECT p.partrelid, k.attname::text AS column_name,
    pg_catalog.pg_get_userbyid(r.relowner)::text AS owner,
    CASE WHEN p.partdefid <> 0::oid THEN p.partdefid::regclass::text END
      AS default_partition
  FROM pg_catalog.pg_partitioned_table p
  JOIN pg_catalog.pg_class r ON r.oid = p.partrelid
  JOIN pg_catalog.pg_attribute k ON k.attrelid = p.partrelid
    AND k.attnum = p.partattrs[0]
  WHERE p.partrelid = pg_catalog.to_regclass($1::text)::oid
    AND p.partstrat = 'r' AND p.partnatts = 1) t
LEFT JOIN pg_catalog.pg_inherits h ON h.inhparent = t.partrelid
LEFT JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid
LEFT JOIN pg_catalog.pg_am m ON m.oid = c.relam
LEFT JOIN LATERAL (SELECT x.parts[1] AS low, x.parts[2] AS high
  FROM (SELECT pg_catalog.regexp_match(pg_catalog.pg_get_expr(c.relpartbound,
    c.oid), '^FOR VALUES FROM \((.*)\) TO \((.*)\)$') AS parts) x) b ON true
ORDER BY b.high IS NULL, b.high = 'MAXVALUE' DESC, @HIGH@ DESC
LIMIT 1)sql";

// The bounds are in UTC, whatever the time zone of the session is. A range from
// the first of a month to the first of another is one of months.
constexpr const char* kTimes = R"sql(
SELECT @NAME@, pg_catalog.to_char(s.at, @SPELLING@),
  pg_catalog.to_char(s.at + b.step, @SPELLING@)
FROM (SELECT v.high, coalesce(NULLIF($3, '')::interval,
      CASE WHEN pg_catalog.date_trunc('month', v.low) = v.low
        AND pg_catalog.date_trunc('month', v.high) = v.high
        THEN pg_catalog.age(v.high, v.low) ELSE v.high - v.low END) AS step
    FROM (SELECT @LOW@ AS low, @HIGH@ AS high) v) b,
  pg_catalog.generate_series(b.high, (pg_catalog.now() AT TIME ZONE 'UTC')
    + b.step * $4::int, b.step) s(at)
LIMIT @LIMIT@)sql";

constexpr const char* kNumbers = R"sql(
SELECT @NAME@, s.at::text, (s.at + b.step)::text
FROM (SELECT $2::numeric AS high, coalesce(NULLIF($3, '')::numeric,
      $2::numeric - $1::numeric) AS step) b,
  (SELECT coalesce(pg_catalog.max(x.@COLUMN@), 0)::numeric AS top
    FROM @TABLE@ x) m,
  pg_catalog.generate_series(b.high, m.top + b.step * $4::int, b.step) s(at)
WHERE s.at + b.step <= @TOP@
LIMIT @LIMIT@)sql";

Error Refused(const db::AheadQuestion& question, const std::string& reason) {
  return {ErrorKind::kRefused, "no partitions are made of table '" +
                                   question.table.name + "': " + reason};
}

struct Last {
  RangeType type;
  std::string column;
  std::string owner;
  std::string low;
  std::string high;
  std::string storage;
  std::string replica_identity;
  std::string default_partition;
};

std::string TypeOf(db::Connection& connection,
                   const db::AheadQuestion& question) {
  const db::Result found = connection.Execute(
      "SELECT k.atttypid::regtype::text FROM pg_catalog.pg_class c LEFT JOIN "
      "pg_catalog.pg_partitioned_table p ON p.partrelid = c.oid AND "
      "p.partstrat = 'r' AND p.partnatts = 1 LEFT JOIN "
      "pg_catalog.pg_attribute k ON k.attrelid = c.oid AND k.attnum = "
      "p.partattrs[0] WHERE c.oid = pg_catalog.to_regclass($1::text)::oid",
      {Name(question.table)});
  if (found.rows.empty()) {
    throw Error(ErrorKind::kNotFound,
                "there is no table '" + question.table.name + "'");
  }
  if (!db::IsNull(found.rows[0][0])) return db::ToText(found.rows[0][0]);
  throw Refused(question, "it is not divided by ranges of one column");
}

std::string TextOr(const db::Value& value) {
  return db::IsNull(value) ? "" : db::ToText(value);
}

Last LastOf(db::Connection& connection, const db::AheadQuestion& question,
            const std::string& name) {
  const RangeType type = RangeTypeOf(name);
  const std::string unfit = type.Unfit();
  if (!unfit.empty()) throw Refused(question, "its key " + unfit);
  const std::string high =
      "CASE WHEN b.high <> 'MAXVALUE' THEN "
      "pg_catalog.btrim(b.high, '''')::" +
      name + " END";
  const db::Row row =
      connection
          .Execute(FilledAll(kLast, {{"@HIGH@", high}}), {Name(question.table)})
          .rows.at(0);
  Last last{type,           db::ToText(row[0]), db::ToText(row[1]),
            TextOr(row[2]), TextOr(row[3]),     db::ToText(row[4]),
            TextOr(row[5]), TextOr(row[6])};
  if (last.high == "MAXVALUE") {
    throw Refused(question, "its last partition reaches to MAXVALUE");
  }
  if (last.high.empty()) {
    throw Refused(question, "it has no partition to go on from")
        .WithHint("make the first one by hand");
  }
  if (last.low == "MINVALUE" && question.interval.empty()) {
    throw Refused(question, "its last partition begins with MINVALUE")
        .WithHint("give an --interval");
  }
  return last;
}

db::Result RangesOf(db::Connection& connection,
                    const db::AheadQuestion& question, const Last& last) {
  const auto end = [&](const char* parameter) {
    return last.type.InUtc(std::string(parameter) + "::" + last.type.name);
  };
  const bool open = last.low == "MINVALUE";
  const std::string sql =
      FilledAll(last.type.number ? kNumbers : kTimes,
                {{"@NAME@", last.type.number ? RangeNumberSql("s.at")
                                             : RangeTimeSql("s.at", "b.step")},
                 {"@SPELLING@", Literal(last.type.spelling)},
                 {"@LOW@", end("$1")},
                 {"@HIGH@", end("$2")},
                 {"@TOP@", last.type.top},
                 {"@COLUMN@", Ident(last.column)},
                 {"@TABLE@", Name(question.table)},
                 {"@LIMIT@", std::to_string(kMostRanges + 1)}});
  db::Result found = connection.Execute(
      sql, {open ? last.high : last.low, last.high, question.interval,
            std::to_string(question.count)});
  if (found.rows.size() > kMostRanges) {
    throw Refused(question, "they would be more than " +
                                std::to_string(kMostRanges) + ", from " +
                                db::ToText(found.rows[0][1]) + " on");
  }
  return found;
}

// The server refuses a partition whose rows the default one has.
void RefuseTaken(db::Connection& connection, const db::AheadQuestion& question,
                 const Last& last, const std::vector<db::NextPartition>& next) {
  if (last.default_partition.empty() || next.empty()) return;
  const std::string column = "x." + Ident(last.column);
  const std::int64_t rows = db::ToInt(
      connection
          .Execute("SELECT count(*) FROM " + last.default_partition +
                   " x WHERE " + column + " >= " + Literal(next.front().from) +
                   " AND " + column + " < " + Literal(next.back().to))
          .rows.at(0)
          .at(0));
  if (rows == 0) return;
  throw Refused(question, "its default partition " + last.default_partition +
                              " has " + base::CountOf(rows, "row") + " from " +
                              next.front().from + " to " + next.back().to)
      .WithHint(
          "take them out of it in one transaction: keep them elsewhere, "
          "make the partitions, and insert them again");
}

// The triggers of a table whose rows go to a copy know its partitions
// (partition_watch.h). One that is made here is empty and has the row trigger
// of the table from its first row on. The watch of a table of which others have
// taken a partition goes on saying so.
std::vector<std::string> WatchAgainSql(db::Connection& connection,
                                       const schema::TableName& table) {
  std::vector<std::string> sql;
  const db::Result found = connection.Execute(
      "SELECT r.tgname::text, q.tgname::text, pg_catalog.format('%I.%I', "
      "n.nspname, p.proname) FROM pg_catalog.pg_trigger q "
      "JOIN pg_catalog.pg_trigger r ON r.tgrelid = q.tgrelid AND r.tgfoid = "
      "q.tgfoid AND r.tgtype & 1 = 1 "
      "JOIN pg_catalog.pg_proc p ON p.oid = q.tgfoid "
      "JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace "
      "WHERE q.tgrelid = pg_catalog.to_regclass($1::text)::oid "
      "AND q.tgtype & 32 = 32 AND q.tgname::text LIKE '~segue\\_%' "
      "ORDER BY q.tgname",
      {Name(table)});
  for (const db::Row& row : found.rows) {
    const PartitionWatch watch{table, db::ToText(row[0]), db::ToText(row[1]),
                               db::ToText(row[2])};
    if (!connection.Execute(OtherPartitionsSql(watch)).rows.empty()) continue;
    sql.push_back(WatchPartitionsSql(watch));
  }
  return sql;
}

std::vector<std::string> StatementsOf(const db::AheadQuestion& question,
                                      const Last& last,
                                      const db::NextPartition& one) {
  const schema::TableName name{question.table.schema, one.name};
  std::vector<std::string> sql = {
      "CREATE TABLE " + Name(name) + " PARTITION OF " + Name(question.table) +
          " FOR VALUES FROM (" + Literal(one.from) + ") TO (" +
          Literal(one.to) + ")" + last.storage,
      RevokeOnTable(name)};
  if (!last.replica_identity.empty()) {
    sql.push_back(AlterTable(name) + "REPLICA IDENTITY " +
                  last.replica_identity);
  }
  sql.push_back(AlterTable(name) + "OWNER TO " + Ident(last.owner));
  return sql;
}

}  // namespace

std::vector<db::NextPartition> PartitionsAhead(
    db::Connection& connection, const db::AheadQuestion& question) {
  const std::string type = TypeOf(connection, question);
  connection.Execute("LOCK TABLE ONLY " + Name(question.table) +
                     " IN SHARE UPDATE EXCLUSIVE MODE");
  const Last last = LastOf(connection, question, type);
  const std::string reason = last.type.Mismatch(question.interval);
  if (!reason.empty()) throw Refused(question, reason);
  std::vector<db::NextPartition> next;
  for (const db::Row& row : RangesOf(connection, question, last).rows) {
    next.push_back({RangePartition(question.table, db::ToText(row[0])),
                    db::ToText(row[1]),
                    db::ToText(row[2]),
                    {}});
    next.back().statements = StatementsOf(question, last, next.back());
  }
  RefuseTaken(connection, question, last, next);
  if (!next.empty()) {
    base::Append(WatchAgainSql(connection, question.table),
                 next.back().statements);
  }
  return next;
}

}  // namespace segue::postgres
