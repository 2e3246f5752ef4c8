// The conditions by which statements find a row, and the walk over a table.
#pragma once

#include <string>
#include <vector>

#include "plan/motion.h"
#include "plan/planned.h"
#include "schema/schema.h"

namespace segue::sqlite {

// The table whose rows are addressed.
struct Rows {
  std::string table;
  std::vector<schema::Column> key;  // declared key; empty: none
  // A column that the table will get; empty: none.
  std::string added = {};
  // The key alone addresses the rows, even when there is a rowid.
  bool by_key = false;
};
Rows RowsOf(const plan::ColumnMotion& motion);

class RowAddress {
 public:
  // `table` is as it was before the migration; it may be null. Throws kRefused
  // when the rows cannot be addressed, because columns have all of SQLite's
  // names for the rowid and the table has no other key.
  RowAddress(const Rows& rows, const schema::Table* table);

  // Returns a condition for the row that has fired a trigger: "rowid =
  // NEW.rowid".
  std::string SameAsNew() const;

  // Returns the columns by which the backfill walks: the declared key, or the
  // rowid. A key whose columns may be NULL does not serve, because "k > $1"
  // never finds rows with NULL.
  const std::vector<std::string>& walk_columns() const { return walk_; }

  // Returns a statement over ranges of the walk: `head`, then the conditions
  // (the range and `filter`, which may be empty), then `tail`.
  RangeSql Ranges(const std::string& head, const std::string& filter,
                  const std::string& tail) const;

  // Returns the walk of this statement, with the statement that finds the end
  // of a chunk.
  WalkSql Walk(RangeSql statement, bool writes) const;

  // Returns the quoted columns of the walk, for SELECT, ORDER BY and row
  // values.
  std::string WalkList() const;

  // Returns a SELECT of an estimate of the number of rows.
  std::string EstimateSql() const;

 private:
  std::string Compare(const char* operation, std::size_t first_parameter) const;

  std::string table_;
  std::string rowid_;                  // a free name for the rowid; or empty
  std::vector<std::string> identity_;  // columns that address a row
  std::vector<std::string> walk_;
};

}  // namespace segue::sqlite
