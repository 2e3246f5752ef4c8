// The text of a CREATE TABLE: its column definitions found and edited. SQLite
// keeps no other catalogue, and ALTER TABLE cannot change NOT NULL or a
// default. Everything outside the edited clause stays byte for byte.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace segue::sqlite {

// All throw Error{kCorrupt} when `sql` is no CREATE TABLE text, and
// Error{kNotFound} when it has no such column.

// From the column's name to the end of its last clause.
std::string ColumnDefinition(std::string_view sql, std::string_view column);
std::string WithColumnDefinition(std::string_view sql, std::string_view column,
                                 std::string_view definition);

// Unchanged when the column has it already.
std::string WithNotNull(std::string_view sql, std::string_view column);
std::string WithoutNotNull(std::string_view sql, std::string_view column);
// `expression` as DEFAULT takes it: a literal, or in brackets.
std::string WithDefault(std::string_view sql, std::string_view column,
                        std::string_view expression);
std::string WithoutDefault(std::string_view sql, std::string_view column);

// What the pragmas do not tell.
struct CheckText {
  std::string name;    // of the constraint; may be empty
  std::string column;  // whose definition it stands in; empty: the table's
  std::string expression;
};
std::vector<CheckText> Checks(std::string_view sql);

// A check or a foreign key where it stands, with its CONSTRAINT name.
struct ConstraintText {
  bool is_foreign_key = false;
  std::string name;                  // empty: none given
  std::string column;                // in whose definition; empty: the table's
  std::vector<std::string> columns;  // of a foreign key
  std::string expression;            // of a check
  std::string text;                  // "CONSTRAINT x CHECK (y)"
  std::size_t begin = 0;             // of `text`
  std::size_t item = 0;              // its place in the list in brackets
};
std::vector<ConstraintText> ConstraintTexts(std::string_view sql);

// By the name that Inspect gives it: its own, else "CHECK (expression)" or
// "column_fkey". Throws Error{kNotFound}.
std::string NameOf(const ConstraintText& constraint);
ConstraintText FindConstraint(std::string_view sql, std::string_view name);
bool HasConstraint(std::string_view sql, std::string_view name);
// `head`: "CONSTRAINT x " as it is to stand there, or nothing.
std::string WithConstraintHead(std::string_view sql, std::string_view name,
                               std::string_view head);
// What stands there now.
std::string ConstraintHead(const ConstraintText& constraint);

// `text` as one more item of the list.
std::string WithConstraint(std::string_view sql, std::string_view text);
// Without it, and without the comma of an item of its own. `*removed`, when
// given, is all that was taken away.
std::string WithoutConstraint(std::string_view sql,
                              const ConstraintText& constraint,
                              std::string* removed = nullptr);
// `text` right behind the item at `place`: puts back what was removed.
std::string WithTextBehind(std::string_view sql, std::size_t place,
                           std::string_view text);

struct ColumnText {
  std::string name;
  std::string collation;      // empty: none given
  std::string generated_sql;  // empty: not generated
};
std::vector<ColumnText> ColumnTexts(std::string_view sql);

}  // namespace segue::sqlite
