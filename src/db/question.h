// What is asked of the server while a migration is planned. A question speaks
// in names that exist in the database now, not in those the migration will
// create.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "plan/motion.h"
#include "schema/schema.h"

namespace segue::db {

// Would ADD COLUMN with this default take it, and would it rewrite the table?
struct DefaultQuestion {
  schema::TableName table;
  std::string sql;
  std::string type;  // the column's
  friend bool operator==(const DefaultQuestion&,
                         const DefaultQuestion&) = default;
};

// Would this column become `type` where it is?
struct TypeQuestion {
  schema::TableName table;
  std::string column;
  std::string type;
  friend bool operator==(const TypeQuestion&, const TypeQuestion&) = default;
};

// Is this a value for a column of `type`, as `up` or `down` give it?
struct ExpressionQuestion {
  schema::TableName table;
  std::string sql;
  std::vector<plan::Binding> bindings;  // the names in scope
  std::string type;
  friend bool operator==(const ExpressionQuestion&,
                         const ExpressionQuestion&) = default;
};

// Would CREATE INDEX be taken?
struct IndexQuestion {
  schema::TableName table;
  // The table's columns, and the index over them, by the names that they have
  // in the database.
  std::vector<schema::Column> columns;
  schema::Index index;
  friend bool operator==(const IndexQuestion&, const IndexQuestion&) = default;
};

// Would CREATE TABLE be taken, and what would come of it?
struct TableQuestion {
  // Two questions are the same only when they share this object.
  std::shared_ptr<const schema::Table> definition;
  friend bool operator==(const TableQuestion&, const TableQuestion&) = default;
};

// Is the name free for a table, whatever else may have it?
struct NameQuestion {
  schema::TableName table;
  friend bool operator==(const NameQuestion&, const NameQuestion&) = default;
};

// Which functions have the table's name in their text?
struct MentionQuestion {
  schema::TableName table;
  friend bool operator==(const MentionQuestion&,
                         const MentionQuestion&) = default;
};

// Would this be taken as the expression of a check?
struct CheckQuestion {
  schema::TableName table;
  std::string sql;
  std::vector<plan::Binding> bindings;  // the names in scope
  friend bool operator==(const CheckQuestion&, const CheckQuestion&) = default;
};

using Question = std::variant<DefaultQuestion, TypeQuestion, ExpressionQuestion,
                              IndexQuestion, TableQuestion, NameQuestion,
                              MentionQuestion, CheckQuestion>;

// What the server said. Each question fills the fields that it is about.
struct Answer {
  // False: nobody could be asked, and the fields hold what is safe to assume.
  bool known = true;
  std::string error;            // the server's message when it does not take it
  bool is_volatile = false;     // DefaultQuestion, ExpressionQuestion
  bool is_immutable = false;    // likewise
  bool rewrites_table = false;  // DefaultQuestion, TypeQuestion
  bool scans_table = false;     // TypeQuestion: every row is looked at
  bool builds_index = false;    // TypeQuestion: an index is built again
  // IndexQuestion: the whole CREATE INDEX as the database prints those there
  // are; empty where it keeps them as they were written. CheckQuestion: the
  // whole as Inspect would print it over the names as they are given.
  std::string definition = {};
  // TableQuestion: the table as Inspect would read it.
  std::shared_ptr<const schema::Table> made = {};
  std::vector<std::string> names = {};  // MentionQuestion
  std::string bound = {};  // CheckQuestion: over the columns' physical names
};

// The answer where there is no server to ask: that it takes what is given, and
// that whatever might cost something does.
Answer Unknown(const Question& question);

// What a question is about, for people: "default now() of table 'users'".
std::string Describe(const Question& question);

}  // namespace segue::db
