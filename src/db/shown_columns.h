// What the views of a published version show, on a database whose views follow
// a column that gets another name.
#pragma once

#include <string>
#include <vector>

#include "db/dialect.h"

namespace segue::db {

// A column of a table that a view reads, as the table has it now.
struct ShownColumn {
  std::string view;
  std::string table;
  std::string column;
};

// A dialect has this too when an earlier version can live on beside the next
// one.
class ShownColumns {
 public:
  virtual ~ShownColumns() = default;

  // Returns what the views of the version read of the tables of `schema_name`.
  virtual std::vector<ShownColumn> ShownBy(
      Connection& connection, const std::string& schema_name,
      const std::string& version_schema) const = 0;
};

// Returns null for a dialect whose views do not follow.
inline const ShownColumns* ShownColumnsOf(const Dialect& dialect) {
  return dynamic_cast<const ShownColumns*>(&dialect);
}

}  // namespace segue::db
