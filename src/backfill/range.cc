#include "backfill/range.h"

#include "base/text.h"

namespace segue::backfill {

db::Result Execute(db::Connection& connection, const RangeSql& sql,
                   const Range& range) {
  std::vector<db::Value> parameters = range.lower;
  parameters.insert(parameters.end(), range.upper.begin(), range.upper.end());
  const bool above = !range.lower.empty();
  const bool below = !range.upper.empty();
  const std::string& text =
      above ? (below ? sql.between : sql.after) : (below ? sql.upto : sql.all);
  return connection.Execute(text, parameters);
}

std::vector<db::Value> NextBound(db::Connection& connection,
                                 const MotionSql& motion,
                                 const std::vector<db::Value>& lower,
                                 std::int64_t rows) {
  std::vector<db::Value> parameters = lower;
  parameters.emplace_back(rows);
  const std::string& sql =
      lower.empty() ? motion.next_bound.all : motion.next_bound.after;
  db::Result found = connection.Execute(sql, parameters);
  if (found.rows.empty()) return {};
  return std::move(found.rows[0]);
}

std::string KeyText(const MotionSql& motion, const db::Row& key) {
  std::vector<std::string> values;
  for (const db::Value& value : key) values.push_back(db::ToText(value));
  if (values.size() == 1 && motion.key_columns.size() == 1) {
    return motion.key_columns[0] + "=" + values[0];
  }
  return "(" + base::Join(motion.key_columns, ", ") + ")=(" +
         base::Join(values, ", ") + ")";
}

}  // namespace segue::backfill
