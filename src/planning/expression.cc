#include "planning/expression.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "segue/error.h"

namespace segue::ops {
namespace {

// Returns the text in lower case and with single spaces, except within quotes.
std::string Folded(std::string_view text) {
  std::string folded;
  char quote = 0;
  for (const char c : base::Trim(text)) {
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (quote == 0 && space) {
      if (folded.back() != ' ') folded += ' ';
      continue;
    }
    if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    }
    folded +=
        quote == 0 ? base::ToLower(std::string_view(&c, 1)) : std::string(1, c);
  }
  return folded;
}

bool IsTypeName(std::string_view text) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyz0123456789_ \"().,[]";
  return text.find_first_not_of(kAllowed) == std::string_view::npos;
}

// Returns the position of the quote that ends the text after an opening one, or
// the length of the text. Quotes within come in pairs.
std::size_t EndOfQuoted(std::string_view text) {
  for (std::size_t end = 0; end < text.size(); ++end) {
    if (text[end] != '\'') continue;
    if (end + 1 >= text.size() || text[end + 1] != '\'') return end;
    ++end;
  }
  return text.size();
}

// Returns the text without "::type" after a constant.
std::string WithoutCast(const std::string& text) {
  if (text.empty()) return text;
  std::size_t end = 0;
  if (text.front() == '\'') {
    end = 1 + EndOfQuoted(std::string_view(text).substr(1)) + 1;
  } else {
    end = text.find_first_not_of("-+.0123456789abcdefghijklmnopqrstuvwxyz_");
  }
  const bool cast = end < text.size() && text.compare(end, 2, "::") == 0 &&
                    IsTypeName(std::string_view(text).substr(end + 2));
  return cast ? text.substr(0, end) : text;
}

// True when the parenthesis at the start is closed at the very end.
bool Enclosed(const std::string& text) {
  if (text.size() < 2 || text.front() != '(' || text.back() != ')') {
    return false;
  }
  int depth = 0;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
      continue;
    }
    if (c == '\'' || c == '"') quote = c;
    if (c == '(') ++depth;
    if (c == ')' && --depth == 0) return i + 1 == text.size();
  }
  return false;
}

std::string Normal(const std::string& sql) {
  std::string text = Folded(sql);
  while (Enclosed(text)) text = Folded(text.substr(1, text.size() - 2));
  return WithoutCast(text);
}

}  // namespace

std::vector<plan::Binding> Bind(const std::string& sql,
                                const std::vector<schema::Column>& columns) {
  std::vector<plan::Binding> bindings;
  for (const std::string& name :
       schema::ReferencedColumns(sql, schema::NamesOf(columns))) {
    const schema::Column* column = schema::FindColumn(columns, name);
    bindings.push_back(
        {name, column->physical(), column->type, column->collation});
  }
  return bindings;
}

plan::Expression ColumnExpression(const db::Language& language,
                                  const schema::Column& column) {
  plan::Expression expression;
  expression.sql = language.spelling().Name(column.name);
  expression.bindings = {{column.name, column.physical(), column.type}};
  expression.is_immutable = true;
  return expression;
}

plan::Expression Examined(const PlanContext& context,
                          const schema::Table& table,
                          const std::vector<schema::Column>& columns,
                          const GivenExpression& given) {
  std::vector<plan::Binding> bindings = Bind(given.sql, columns);
  const auto ask = [&](const std::string& sql) -> const db::Answer& {
    return context.Ask(
        db::ExpressionQuestion{table.name, sql, bindings, given.type});
  };
  // A constant in quotes is of no type yet, as in an INSERT.
  const std::string cast =
      context.language.spelling().Cast(given.sql, given.type);
  const bool takes_cast = LiteralOf(given.sql) == base::Trim(given.sql) &&
                          !ask(given.sql).error.empty() &&
                          ask(cast).error.empty();
  const std::string& sql = takes_cast ? cast : given.sql;
  const db::Answer& answer = ask(sql);
  if (!answer.error.empty()) {
    throw Error(
        ErrorKind::kRefused,
        fmt::format("expression '{}' of column '{}' of table '{}' is "
                    "not accepted: {}",
                    given.key, given.column, table.name.name, answer.error))
        .WithSql(given.sql)
        .WithHint(fmt::format("'{}' may use the columns {}", given.key,
                              base::Join(schema::NamesOf(columns), ", ")));
  }
  return {sql,
          std::move(bindings),
          answer.is_volatile,
          answer.is_immutable,
          answer.lacking,
          answer.policies,
          answer.names};
}

const db::Answer& AnswerOnDefault(const PlanContext& context,
                                  const schema::Table& table,
                                  const std::string& sql,
                                  const std::string& type) {
  return context.Ask(db::DefaultQuestion{table.name, sql, type});
}

const db::Answer& ExaminedDefault(const PlanContext& context,
                                  const schema::Table& table,
                                  const schema::Column& column) {
  const db::Answer& answer = AnswerOnDefault(
      context, table, column.default_sql.value_or(""), column.type);
  if (!answer.error.empty()) {
    throw Error(ErrorKind::kRefused,
                fmt::format("default {} of column '{}' ({}) of table '{}' is "
                            "not accepted: {}",
                            column.default_sql.value_or(""), column.name,
                            column.type, table.name.name, answer.error));
  }
  return answer;
}

std::optional<std::string> LiteralOf(const std::string& sql) {
  const std::string text = WithoutCast(std::string(base::Trim(sql)));
  if (base::ToLower(text) == "null") return text;
  if (text.size() < 2 || text.front() != '\'') return std::nullopt;
  const std::string_view rest = std::string_view(text).substr(1);
  const std::size_t end = EndOfQuoted(rest);
  return end + 1 == rest.size() ? std::optional(text) : std::nullopt;
}

bool IsNull(const std::string& sql) {
  const std::optional<std::string> literal = LiteralOf(sql);
  return literal && base::ToLower(*literal) == "null";
}

bool SameDefault(const std::optional<std::string>& a,
                 const std::optional<std::string>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return Normal(*a) == Normal(*b);
}

bool SameType(const std::string& a, const std::string& b) {
  return Folded(a) == Folded(b);
}

}  // namespace segue::ops
