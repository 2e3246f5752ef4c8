// SELECTs for PlannedAction::grants.
#pragma once

#include <string>
#include <vector>

#include "plan/motion.h"
#include "schema/schema.h"

namespace segue::postgres {

// The privileges of the columns of a motion, and the roles that may write its
// table and lack a right that one of its expressions needs.
std::string MotionGrantsSql(const plan::ColumnMotion& motion);

// The privileges of the views of a version and of their columns, and those to
// use its schema. It reads from the catalogue what each column of a view shows,
// so that it holds before and after the contract. A version that refuses its
// applications shows nothing and is left alone.
std::string VersionGrantsSql(const std::string& schema,
                             const std::string& version);
// The views of the version that went with a column of their table (DROP ...
// CASCADE), and what makes each again over the columns that are left. `options`
// are those of the view. Empty: there are no tables.
std::string ViewsAgainSql(const std::string& version,
                          const std::vector<schema::TableName>& tables,
                          const std::string& options);
// A column of a view that has the default of the column that it shows.
struct FollowedDefault {
  std::string view;
  std::string column;
  std::string shows;
};
// The defaults of these columns, which somebody may have changed on the tables
// while both versions are live. Empty: there are none. Afterwards
// VersionGrantsSql has those of all columns.
std::string ViewDefaultsSql(const std::string& version,
                            const std::vector<FollowedDefault>& followed);

// The privileges of one view of a table, and of its columns.
std::string ViewGrantsSql(const schema::TableName& view);

}  // namespace segue::postgres
