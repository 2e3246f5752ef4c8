// A row that one of segue's own tables is to have, whether there is one of its
// key already or not.
#pragma once

#include <string>
#include <vector>

#include "db/sql.h"

namespace segue::db {

// As values; Language::UpsertSql spells it.
struct Upsert {
  // What the column of a row that is there already has afterwards.
  enum class IfThere {
    kReplace,  // the new value
    kKeep,     // what it has
    kAdd,      // the sum of both
  };
  struct Column {
    std::string name;
    Value value;
    IfThere if_there = IfThere::kReplace;
    // An expression that only the database can answer, as its clock, instead
    // of the value; it has no parameters. Empty: there is none.
    std::string expression = {};
  };

  // Of an expression.
  static Column Computed(std::string name, std::string expression);

  std::string table;
  std::vector<Column> key;  // all columns of the primary key
  std::vector<Column> columns;
};

// The part that every database spells alike: "INSERT INTO table (...) VALUES
// (...)". With `alias` the row that is there is called so in what follows.
Sql InsertSql(const Upsert& upsert, const std::string& alias = {});

// INSERT ... ON CONFLICT (...) DO UPDATE SET, for the databases that have it.
Sql OnConflictSql(const Upsert& upsert);

}  // namespace segue::db
