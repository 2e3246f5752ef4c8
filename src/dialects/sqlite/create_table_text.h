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

struct ColumnText {
  std::string name;
  std::string collation;      // empty: none given
  std::string generated_sql;  // empty: not generated
};
std::vector<ColumnText> ColumnTexts(std::string_view sql);

}  // namespace segue::sqlite
