// Finds the ranges of one length that hold the values of a column.
#include "dialects/postgres/examine.h"
#include "dialects/postgres/ranges.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

// What is infinite belongs to no range.
constexpr const char* kTimes = R"sql(
SELECT @NAME@, pg_catalog.to_char(s.at, @SPELLING@),
  pg_catalog.to_char(s.at + b.step, @SPELLING@)
FROM (SELECT pg_catalog.date_trunc(@UNIT@, LEAST(t.low, n.now)) AS first, n.now,
    @STEP@ AS step
  FROM (SELECT pg_catalog.min(@VALUE@) AS low
    FROM @TABLE@ x WHERE pg_catalog.isfinite(x.@COLUMN@)) t,
  (SELECT pg_catalog.now() AT TIME ZONE 'UTC' AS now) n) b,
  pg_catalog.generate_series(b.first, b.now + b.step * @AHEAD@, b.step) s(at)
LIMIT @LIMIT@)sql";

constexpr const char* kNumbers = R"sql(
SELECT @NAME@, CASE WHEN s.at < - @TOP@::numeric - 1 THEN 'MINVALUE'
    ELSE s.at::text END, (s.at + @STEP@)::text
FROM (SELECT pg_catalog.floor(coalesce(pg_catalog.min(x.@COLUMN@), 0)::numeric
    / @STEP@) * @STEP@ AS first,
    coalesce(pg_catalog.max(x.@COLUMN@), 0)::numeric AS last
  FROM @TABLE@ x) b,
  pg_catalog.generate_series(b.first, b.last + @STEP@ * @AHEAD@, @STEP@) s(at)
WHERE s.at + @STEP@ <= @TOP@
LIMIT @LIMIT@)sql";

// Returns the unit of "3 months".
std::string UnitOf(const std::string& interval) {
  std::string unit = interval.substr(interval.find(' ') + 1);
  if (unit.ends_with('s')) unit.pop_back();
  return unit;
}

RangeType TypeOf(db::Connection& connection,
                 const db::RangesQuestion& question) {
  return RangeTypeOf(db::ToText(
      connection
          .Execute("SELECT a.atttypid::regtype::text FROM "
                   "pg_catalog.pg_attribute a WHERE a.attrelid = "
                   "pg_catalog.to_regclass($1::text)::oid AND a.attname = "
                   "$2::name",
                   {Name(question.table), question.column})
          .rows.at(0)
          .at(0)));
}

std::string RangesSql(const db::RangesQuestion& question,
                      const RangeType& type) {
  const std::string column = Ident(question.column);
  return FilledAll(
      type.number ? kNumbers : kTimes,
      {{"@NAME@",
        type.number ? RangeNumberSql("s.at") : RangeTimeSql("s.at", "b.step")},
       {"@SPELLING@", Literal(type.spelling)},
       {"@STEP@", type.number ? question.interval
                              : Literal(question.interval) + "::interval"},
       {"@UNIT@", Literal(UnitOf(question.interval))},
       {"@VALUE@", type.InUtc("x." + column)},
       {"@COLUMN@", column},
       {"@TABLE@", Name(question.table)},
       {"@TOP@", type.top},
       {"@AHEAD@", std::to_string(question.ahead)},
       {"@LIMIT@", std::to_string(kMostRanges + 1)}});
}

}  // namespace

db::Answer AnswerTo(db::Connection& connection,
                    const db::RangesQuestion& question) {
  const db::Transaction transaction(connection, {db::Purpose::kRead});
  const RangeType type = TypeOf(connection, question);
  db::Answer answer;
  const std::string unfit = type.Unfit();
  answer.error = unfit.empty() ? type.Mismatch(question.interval)
                               : "column '" + question.column + "' " + unfit;
  if (!answer.error.empty()) return answer;
  const db::Result found = connection.Execute(RangesSql(question, type));
  if (found.rows.size() > kMostRanges) {
    answer.error = "it would have more than " + std::to_string(kMostRanges) +
                   " partitions, from " + db::ToText(found.rows[0][1]) + " on";
    return answer;
  }
  for (const db::Row& row : found.rows) {
    answer.ranges.push_back({RangePartition(question.table, db::ToText(row[0])),
                             false,
                             {db::ToText(row[1])},
                             {db::ToText(row[2])}});
  }
  return answer;
}

}  // namespace segue::postgres
