// Finds and edits definitions in the text of a CREATE TABLE. SQLite keeps no
// other catalogue, and its ALTER TABLE cannot change NOT NULL or a default.
// Everything outside the edited clause stays byte for byte. The functions are
// pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace segue::sqlite {

// All functions throw Error{kCorrupt} when `sql` is not the text of a CREATE
// TABLE, and Error{kNotFound} when it has no such column. The With... functions
// return the edited text.

// The definition of a column goes from its name to the end of its last clause.
std::string ColumnDefinition(std::string_view sql, std::string_view column);
std::string WithColumnDefinition(std::string_view sql, std::string_view column,
                                 std::string_view definition);

// The text stays unchanged when the column has, or does not have, NOT NULL
// already.
std::string WithNotNull(std::string_view sql, std::string_view column);
std::string WithoutNotNull(std::string_view sql, std::string_view column);
// `expression` is a literal, or an expression in parentheses, as DEFAULT takes
// it.
std::string WithDefault(std::string_view sql, std::string_view column,
                        std::string_view expression);
std::string WithoutDefault(std::string_view sql, std::string_view column);

// A check, which SQLite's pragmas do not report.
struct CheckText {
  std::string name;    // of the constraint; may be empty
  std::string column;  // the column that defines it; empty: the table does
  std::string expression;
};
std::vector<CheckText> Checks(std::string_view sql);

// A check or a foreign key with its CONSTRAINT name and its place in the text.
struct ConstraintText {
  bool is_foreign_key = false;
  std::string name;    // empty: none given
  std::string column;  // the column that defines it; empty: the table does
  std::vector<std::string> columns;  // of a foreign key
  std::string expression;            // of a check
  std::string text;                  // "CONSTRAINT x CHECK (y)"
  std::size_t begin = 0;             // the offset of `text`
  std::size_t item = 0;              // its place in the list of definitions
};
std::vector<ConstraintText> ConstraintTexts(std::string_view sql);

// The name of a constraint is the one that Inspect gives it: its own, or
// otherwise "CHECK (expression)" or "column_fkey". FindConstraint throws
// Error{kNotFound} for an unknown name.
std::string NameOf(const ConstraintText& constraint);
ConstraintText FindConstraint(std::string_view sql, std::string_view name);
bool HasConstraint(std::string_view sql, std::string_view name);
// Replaces the head of a constraint by `head`: "CONSTRAINT x ", or nothing.
std::string WithConstraintHead(std::string_view sql, std::string_view name,
                               std::string_view head);
// Returns the present head of a constraint.
std::string ConstraintHead(const ConstraintText& constraint);

// Adds `text` as one more item of the list of definitions.
std::string WithConstraint(std::string_view sql, std::string_view text);
// Removes a constraint, and its comma if it is an item of its own. `*removed`,
// if it is given, becomes the whole text that was removed.
std::string WithoutConstraint(std::string_view sql,
                              const ConstraintText& constraint,
                              std::string* removed = nullptr);
// Inserts `text` right after the item at `place`, which restores a removed
// constraint.
std::string WithTextBehind(std::string_view sql, std::size_t place,
                           std::string_view text);

struct ColumnText {
  std::string name;
  std::string collation;      // empty: none given
  std::string generated_sql;  // empty: not generated
};
std::vector<ColumnText> ColumnTexts(std::string_view sql);

}  // namespace segue::sqlite
