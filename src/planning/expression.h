// The expressions of a migration: the names in them, the questions to the
// server about them, and its answers.
#pragma once

#include <string>
#include <vector>

#include "planning/operation.h"

namespace segue::ops {

// Binds each name of `columns` that occurs in `sql` to the place where the
// column lives.
std::vector<plan::Binding> Bind(const std::string& sql,
                                const std::vector<schema::Column>& columns);

// Makes an expression that only names a column, so the server is not asked.
plan::Expression ColumnExpression(const db::Language& language,
                                  const schema::Column& column);

// An expression that a file gives under `key` ("up", "down") for `column`.
struct GivenExpression {
  std::string key;
  std::string column;
  std::string sql;
  std::string type;  // of the column that it is assigned to
};

// Returns the expression with its names bound and the server's answer filled
// in. Throws Error{kRefused} with the server's message when the server does not
// accept it.
plan::Expression Examined(const PlanContext& context,
                          const schema::Table& table,
                          const std::vector<schema::Column>& columns,
                          const GivenExpression& given);

// Returns the server's answer about a default for a column of `type`.
const db::Answer& AnswerOnDefault(const PlanContext& context,
                                  const schema::Table& table,
                                  const std::string& sql,
                                  const std::string& type);
// Returns the server's answer about the column's own default. Throws
// Error{kRefused} with the server's message when the server does not accept it.
const db::Answer& ExaminedDefault(const PlanContext& context,
                                  const schema::Table& table,
                                  const schema::Column& column);

// Returns the constant in quotes, or NULL, that the expression is, without a
// cast after it; nothing for any other expression.
std::optional<std::string> LiteralOf(const std::string& sql);
// True for the constant NULL.
bool IsNull(const std::string& sql);

// True when the defaults are equal as far as that can be seen without a parser:
// the comparison ignores spacing, letter case outside quotes, outer parentheses
// and a trailing cast of a constant.
bool SameDefault(const std::optional<std::string>& a,
                 const std::optional<std::string>& b);
// True when the types are equal, apart from spacing and letter case.
bool SameType(const std::string& a, const std::string& b);

}  // namespace segue::ops
