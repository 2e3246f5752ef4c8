// The expressions of a migration: what they refer to, what the server is asked
// about them, and what it answered.
#pragma once

#include <string>
#include <vector>

#include "planning/operation.h"

namespace segue::ops {

// Binds the names among `columns` that occur in `sql` to where they live.
std::vector<plan::Binding> Bind(const std::string& sql,
                                const std::vector<schema::Column>& columns);

// Just the name of a column: nothing has to be asked.
plan::Expression ColumnExpression(const db::Language& language,
                                  const schema::Column& column);

// An expression given in a file under `key` ("up", "down") for `column`.
struct GivenExpression {
  std::string key;
  std::string column;
  std::string sql;
  std::string type;  // of what it is assigned to
};

// With its names bound and what the server said filled in. Throws
// Error{kRefused} with the server's message when it does not take it.
plan::Expression Examined(const PlanContext& context,
                          const schema::Table& table,
                          const std::vector<schema::Column>& columns,
                          const GivenExpression& given);

// What the server says about a default of a column of `type`.
const db::Answer& AnswerOnDefault(const PlanContext& context,
                                  const schema::Table& table,
                                  const std::string& sql,
                                  const std::string& type);
// The same for the default that the column has. Throws Error{kRefused}
// likewise.
const db::Answer& ExaminedDefault(const PlanContext& context,
                                  const schema::Table& table,
                                  const schema::Column& column);

// Equal as far as can be told without a parser: spacing, letter case outside
// quotes, outer parentheses and a trailing cast of a constant are ignored.
bool SameDefault(const std::optional<std::string>& a,
                 const std::optional<std::string>& b);
// Equal but for spacing and letter case.
bool SameType(const std::string& a, const std::string& b);

}  // namespace segue::ops
