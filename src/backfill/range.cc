#include "backfill/range.h"

#include "base/text.h"

namespace segue::engine {

db::Result Execute(db::Connection& connection, const RangeSql& sql,
                   const Range& range, const std::vector<db::Value>& more) {
  std::vector<db::Value> parameters = range.lower;
  parameters.insert(parameters.end(), range.upper.begin(), range.upper.end());
  parameters.insert(parameters.end(), more.begin(), more.end());
  const bool above = !range.lower.empty();
  const bool below = !range.upper.empty();
  const std::string& text =
      above ? (below ? sql.between : sql.after) : (below ? sql.upto : sql.all);
  return connection.Execute(text, parameters);
}

std::vector<db::Row> NextBounds(db::Connection& connection,
                                const RangeSql& next_bound, const Range& range,
                                std::int64_t rows) {
  return Execute(connection, next_bound, range, {rows}).rows;
}

db::Row NextBound(db::Connection& connection, const RangeSql& next_bound,
                  const Range& range, std::int64_t rows) {
  std::vector<db::Row> found = NextBounds(connection, next_bound, range, rows);
  return found.empty() ? db::Row{} : std::move(found[0]);
}

std::string KeyText(const WalkSql& walk, const db::Row& key) {
  std::vector<std::string> values;
  for (const db::Value& value : key) values.push_back(db::ToText(value));
  if (values.size() == 1 && walk.key_columns.size() == 1) {
    return walk.key_columns[0] + "=" + values[0];
  }
  return "(" + base::Join(walk.key_columns, ", ") + ")=(" +
         base::Join(values, ", ") + ")";
}

}  // namespace segue::engine
