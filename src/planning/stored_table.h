// The columns of a table as the actions of a plan leave them, by the names that
// they have in the database.
#pragma once

#include <string>
#include <vector>

#include "plan/action.h"
#include "schema/schema.h"

namespace segue::ops {

// A column keeps its number when its name changes.
struct StoredColumn {
  int number = 0;
  schema::Column column;
};
using StoredColumns = std::vector<StoredColumn>;

// Returns nullptr when none has this number.
const StoredColumn* FindStored(const StoredColumns& columns, int number);

class StoredTable {
 public:
  explicit StoredTable(const schema::Table& table);

  const schema::TableName& name() const { return name_; }
  const StoredColumns& columns() const { return columns_; }
  // The next column that is added gets this number.
  int next() const { return next_; }
  // Returns the number of the column; 0 when the table has none of that name.
  int NumberOf(const std::string& column) const;

  // Applies an action that changes the columns of this table. Throws
  // Error{kInternal} for one that changes a column which is not there.
  void Apply(const plan::Action& action);

 private:
  void Add(schema::Column column);
  StoredColumn& At(const std::string& column);

  schema::TableName name_;
  StoredColumns columns_;
  int next_ = 1;
};

}  // namespace segue::ops
