// How a statement says which row it means, and how a table is walked.
#pragma once

#include <string>
#include <vector>

#include "plan/motion.h"
#include "plan/planned.h"
#include "schema/schema.h"

namespace segue::sqlite {

// The rows that are meant.
struct Rows {
  std::string table;
  std::vector<schema::Column> key;  // declared; empty: none
  // A column that the table is to get; empty: none.
  std::string added = {};
  // By the key alone, although there may be a rowid.
  bool by_key = false;
};
Rows RowsOf(const plan::ColumnMotion& motion);

class RowAddress {
 public:
  // `table`: as it is before the migration; may be null. Throws kRefused when
  // the rows cannot be addressed: all of SQLite's names for the rowid are taken
  // by columns and the table has no other key.
  RowAddress(const Rows& rows, const schema::Table* table);

  // In a trigger: the row that fired it. "rowid = NEW.rowid"
  std::string SameAsNew() const;

  // The walk of the backfill: the declared key, or the rowid. A key whose
  // columns may be NULL is no walk: "k > $1" never meets those rows.
  const std::vector<std::string>& walk_columns() const { return walk_; }

  // A statement over ranges of the walk: `head`, then the conditions (range
  // and `filter`, which may be empty), then `tail`.
  RangeSql Ranges(const std::string& head, const std::string& filter,
                  const std::string& tail) const;

  // The walk of this statement. One statement tells where a chunk ends.
  WalkSql Walk(RangeSql statement, bool writes) const;

  // The walk's columns, quoted: for SELECT, ORDER BY and row values.
  std::string WalkList() const;

  // SELECT an estimate of the number of rows.
  std::string EstimateSql() const;

 private:
  std::string Compare(const char* operation, std::size_t first_parameter) const;

  std::string table_;
  std::string rowid_;                  // a free name for it; empty: none
  std::vector<std::string> identity_;  // columns that address a row
  std::vector<std::string> walk_;
};

}  // namespace segue::sqlite
