#include "dialects/sqlite/write_counts.h"

#include "dialects/sqlite/names.h"
#include "plan/motion.h"

namespace segue::sqlite {

// A row of which the old side is written again is not counted again. The
// motions of a table are counted together.
std::optional<std::int64_t> SqliteWriteCounts::CountWrites(
    db::Connection& connection, const std::string& schema_name,
    const MotionSql& motion, db::Writes which) const {
  static_cast<void>(schema_name);
  if (which != db::Writes::kOld) return std::nullopt;
  const std::string& table = motion.table;
  std::string marks;
  for (const db::Row& row :
       connection
           .Execute("SELECT name FROM pragma_table_info($1) WHERE name GLOB "
                    "'_segue_d*'",
                    {table})
           .rows) {
    marks += (marks.empty() ? "" : " + ") + std::string("(") +
             Quote(db::ToText(row.at(0))) + " = " +
             std::to_string(plan::kOldWrote) + ")";
  }
  if (marks.empty()) return std::nullopt;
  return db::ToInt(connection
                       .Execute("SELECT coalesce(sum(" + marks + "), 0) FROM " +
                                Quote(table))
                       .rows.at(0)
                       .at(0));
}

}  // namespace segue::sqlite
