// What is asked of the server before anything is planned.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plan/action.h"
#include "schema/schema.h"

namespace segue::db {

// What the server says about an expression before anything is planned.
struct Question {
  enum class Kind {
    kAddColumnDefault,  // would ADD COLUMN with this default rewrite the table?
    kAlterType,         // would `expression`, a column, become `type` in place?
    kExpression,        // an `up` or `down` over the table's columns
    kIndex,             // would CREATE INDEX be taken?
    kNewTable,  // would it take `definition`, and what would it make of it?
    kFreeName,  // is `table` free for a table, whatever may have the name?
    kNamedBy,   // which functions have the table's name in their text?
    kCheck,     // the expression of a check over the table's columns
  };
  Kind kind = Kind::kExpression;
  schema::TableName table;
  std::string expression;
  std::vector<plan::Binding> bindings;  // kExpression: names in scope
  std::string type;                     // the column's, or what is expected
  // kIndex: the index, whose name stands in `expression`, over the columns
  // under the names that they have in the database.
  std::vector<schema::Column> columns = {};
  std::optional<schema::Index> index = {};
  // kNewTable. Not compared: one migration creates a table once.
  std::shared_ptr<const schema::Table> definition = {};
  friend bool operator==(const Question& a, const Question& b) {
    return a.kind == b.kind && a.table == b.table &&
           a.expression == b.expression && a.type == b.type &&
           (a.kind != Kind::kCheck || a.bindings == b.bindings);
  }
};

struct ExpressionFacts {
  std::string error;  // the server's message when it does not take it
  bool is_volatile = false;
  bool is_immutable = false;
  bool rewrites_table = false;  // kAddColumnDefault, kAlterType
  bool scans_table = false;     // kAlterType: every row is looked at
  bool builds_index = false;    // kAlterType: an index is built again
  // kIndex: the whole CREATE INDEX as the database prints those there are;
  // empty where it keeps them as they were written. kCheck: the whole as
  // Inspect would print it over the names as they are given.
  std::string definition = {};
  // kNewTable: the table as Inspect would read it.
  std::shared_ptr<const schema::Table> made = {};
  std::vector<std::string> names = {};  // kNamedBy
  std::string bound = {};  // kCheck: over the columns' physical names
};

}  // namespace segue::db
