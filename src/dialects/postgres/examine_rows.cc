// Asks the server about the rows that are there.
#include "base/text.h"
#include "dialects/postgres/examine.h"
#include "dialects/postgres/sql.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

// A plan is made while somebody waits. A table that takes longer counts as one
// whose rows may break the constraint.
constexpr std::chrono::milliseconds kLookTime{10'000};

// The rows are counted up to this number, because one is too many already.
constexpr std::int64_t kMostCounted = 1'000;

// Returns relation, name and condition of each constraint that rows of the
// table or of its partitions need not keep. A NOT NULL constraint has no
// expression; servers before 18 have no such constraint.
constexpr const char* kUnprovenSql = R"sql(
SELECT x.conrelid::regclass::text, pg_catalog.quote_literal(x.conname::text),
  CASE WHEN x.contype = 'n' THEN pg_catalog.quote_ident(a.attname::text) || ' IS NOT NULL'
    ELSE pg_catalog.pg_get_expr(x.conbin, x.conrelid) END, x.conrelid = r.oid
FROM (SELECT $1::regclass::oid AS oid) r
JOIN pg_constraint x ON x.conrelid = r.oid OR x.conrelid IN (
  SELECT relid::oid FROM pg_catalog.pg_partition_tree(r.oid))
LEFT JOIN pg_attribute a ON a.attrelid = x.conrelid
  AND a.attnum = x.conkey[1]
WHERE x.contype IN ('c', 'n') AND NOT x.convalidated
  AND coalesce((pg_catalog.to_jsonb(x) ->> 'conenforced')::boolean, true)
ORDER BY 4 DESC, 1, 2)sql";

// Returns the number of rows, in words; empty when every row keeps it.
std::string Broken(db::Connection& connection, const std::string& relation,
                   const std::string& condition) {
  db::TransactionOptions options{db::Purpose::kRead};
  options.statement_budget = kLookTime;
  try {
    const db::Transaction transaction(connection, options);
    const db::Result found = connection.Execute(
        "SELECT pg_catalog.count(*) FROM (SELECT FROM " + relation +
        " WHERE (" + condition + ") IS FALSE LIMIT " +
        std::to_string(kMostCounted) + ") r");
    const std::int64_t rows = db::ToInt(found.rows.at(0).at(0));
    if (rows == 0) return "";
    return std::string(rows < kMostCounted ? "" : "at least ") +
           base::CountOf(rows, "row");
  } catch (const Error& error) {
    if (error.poisons_connection()) throw;
    return error.kind() == ErrorKind::kCancelled
               ? "it takes too long to look at the rows"
               : std::string("the rows cannot be looked at: ") + error.what();
  }
}

}  // namespace

db::Answer AnswerTo(db::Connection& connection,
                    const db::UnprovenQuestion& question) {
  db::Answer answer;
  const db::Result unproven =
      connection.Execute(kUnprovenSql, {Name(question.table)});
  for (const db::Row& row : unproven.rows) {
    const std::string relation = db::ToText(row[0]);
    const std::string rows = Broken(connection, relation, db::ToText(row[2]));
    if (rows.empty()) continue;
    const bool own = db::ToInt(row[3]) != 0;
    answer.names.push_back(db::ToText(row[1]) + (own ? "" : " of " + relation) +
                           " (" + rows + ")");
  }
  return answer;
}

}  // namespace segue::postgres
