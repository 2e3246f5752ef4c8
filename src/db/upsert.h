// A row of one of segue's own tables that is inserted, or updated when its key
// exists.
#pragma once

#include <string>
#include <vector>

#include "db/sql.h"

namespace segue::db {

// The row as values; Language::UpsertSql turns it into SQL.
struct Upsert {
  // The value that the column of an existing row gets.
  enum class IfThere {
    kReplace,  // the new value
    kKeep,     // the existing value
    kAdd,      // the sum of both
  };
  struct Column {
    std::string name;
    Value value;
    IfThere if_there = IfThere::kReplace;
    // An expression without parameters that only the database can evaluate,
    // such as its clock. It replaces the value; empty: there is none.
    std::string expression = {};
  };

  // Makes a column with an expression instead of a value.
  static Column Computed(std::string name, std::string expression);

  std::string table;
  std::vector<Column> key;  // all columns of the primary key
  std::vector<Column> columns;
};

// Returns "INSERT INTO table (...) VALUES (...)", which every database spells
// alike. With `alias` the row has that name in what follows.
Sql InsertSql(const Upsert& upsert, const std::string& alias = {});

// Returns INSERT ... ON CONFLICT (...) DO UPDATE SET, for databases that have
// it.
Sql OnConflictSql(const Upsert& upsert);

}  // namespace segue::db
