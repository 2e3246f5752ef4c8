#include "dialects/sqlite/create_table_text.h"

#include <algorithm>

#include "dialects/sqlite/tokens.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

// What stands between two commas of the list in brackets.
struct Item {
  std::vector<Token> tokens;  // never empty
  std::size_t begin() const { return tokens.front().begin; }
  std::size_t end() const { return tokens.back().end; }

  // SQLite reserves these words, so that no column is called by them bare.
  bool is_constraint() const {
    const Token& first = tokens.front();
    return first.Is("CONSTRAINT") || first.Is("PRIMARY") ||
           first.Is("UNIQUE") || first.Is("CHECK") || first.Is("FOREIGN");
  }
};

// Tokens [begin, end) of an item.
struct Clause {
  std::size_t begin = 0;
  std::size_t end = 0;
};

Error NoTableText(std::string_view sql) {
  return Error(ErrorKind::kCorrupt, "not the text of a CREATE TABLE")
      .WithSql(std::string(sql));
}

std::vector<Item> ItemsOf(std::string_view sql) {
  const std::vector<Token> tokens = Tokenize(sql);
  std::size_t at = 0;
  while (at < tokens.size() && !tokens[at].IsSymbol('(')) ++at;
  const std::size_t end = SkipBrackets(tokens, at);
  if (tokens.empty() || !tokens[0].Is("CREATE") || end < at + 2) {
    throw NoTableText(sql);
  }
  std::vector<Item> items(1);
  for (++at; at + 1 < end;) {
    if (tokens[at].IsSymbol(',')) {
      items.emplace_back();
      ++at;
      continue;
    }
    const bool bracket = tokens[at].IsSymbol('(');
    const std::size_t next = bracket ? SkipBrackets(tokens, at) : at + 1;
    for (; at < next; ++at) items.back().tokens.push_back(tokens[at]);
  }
  for (const Item& item : items) {
    if (item.tokens.empty()) throw NoTableText(sql);
  }
  return items;
}

Item ColumnItem(std::string_view sql, std::string_view column) {
  for (Item& item : ItemsOf(sql)) {
    if (item.is_constraint()) break;
    if (SameName(NameOf(item.tokens[0]), column)) return std::move(item);
  }
  throw Error(ErrorKind::kNotFound,
              "the table's text has no column '" + std::string(column) + "'")
      .WithSql(std::string(sql));
}

std::string Splice(std::string_view sql, std::size_t begin, std::size_t end,
                   std::string_view with) {
  std::string text(sql.substr(0, begin));
  text += with;
  text += sql.substr(end);
  return text;
}

// Walks the clauses of one column definition, brackets as one.
template <typename Found>
std::optional<Clause> FindClause(const Item& item, const Found& found) {
  const std::vector<Token>& tokens = item.tokens;
  for (std::size_t at = 1; at < tokens.size();) {
    if (const std::size_t end = found(tokens, at)) return Clause{at, end};
    at = tokens[at].IsSymbol('(') ? SkipBrackets(tokens, at) : at + 1;
  }
  return std::nullopt;
}

bool Next(const std::vector<Token>& tokens, std::size_t at,
          std::string_view word) {
  return at < tokens.size() && tokens[at].Is(word);
}

// NOT NULL [ON CONFLICT x]
std::size_t NotNullEnd(const std::vector<Token>& tokens, std::size_t at) {
  if (!tokens[at].Is("NOT") || !Next(tokens, at + 1, "NULL")) return 0;
  const bool conflict =
      Next(tokens, at + 2, "ON") && Next(tokens, at + 3, "CONFLICT");
  return std::min(conflict ? at + 5 : at + 2, tokens.size());
}

// DEFAULT literal | DEFAULT -1 | DEFAULT (expression); not SET DEFAULT.
std::size_t DefaultEnd(const std::vector<Token>& tokens, std::size_t at) {
  if (!tokens[at].Is("DEFAULT") || tokens[at - 1].Is("SET")) return 0;
  if (at + 1 >= tokens.size()) return 0;
  const Token& next = tokens[at + 1];
  if (next.IsSymbol('(')) return SkipBrackets(tokens, at + 1);
  const bool sign = next.IsSymbol('+') || next.IsSymbol('-');
  return std::min(sign ? at + 3 : at + 2, tokens.size());
}

// The clause with the CONSTRAINT name before it.
Clause WithName(const Item& item, Clause clause) {
  if (clause.begin >= 3 && item.tokens[clause.begin - 2].Is("CONSTRAINT")) {
    clause.begin -= 2;
  }
  return clause;
}

// Takes a clause away together with the blank before it.
template <typename Found>
std::string WithoutClause(std::string_view sql, std::string_view column,
                          const Found& found) {
  std::string text(sql);
  for (;;) {
    const Item item = ColumnItem(text, column);
    const std::optional<Clause> bare = FindClause(item, found);
    if (!bare) return text;
    const Clause clause = WithName(item, *bare);
    text = Splice(text, item.tokens[clause.begin - 1].end,
                  item.tokens[clause.end - 1].end, "");
  }
}

std::string Appended(std::string_view sql, std::string_view column,
                     const std::string& clause) {
  const std::size_t end = ColumnItem(sql, column).end();
  return Splice(sql, end, end, " " + clause);
}

// The text inside the brackets that open at token `at`.
std::string InBrackets(std::string_view sql, const std::vector<Token>& tokens,
                       std::size_t at) {
  const std::size_t begin = tokens[at].end;
  const std::size_t end = tokens[SkipBrackets(tokens, at) - 1].begin;
  return std::string(sql.substr(begin, end - begin));
}

void AddChecks(std::string_view sql, const Item& item,
               std::vector<CheckText>* checks) {
  const std::vector<Token>& tokens = item.tokens;
  for (std::size_t at = 0; at + 1 < tokens.size();) {
    if (tokens[at].Is("CHECK") && tokens[at + 1].IsSymbol('(')) {
      CheckText check;
      if (!item.is_constraint()) check.column = NameOf(tokens[0]);
      if (at >= 2 && tokens[at - 2].Is("CONSTRAINT")) {
        check.name = NameOf(tokens[at - 1]);
      }
      check.expression = InBrackets(sql, tokens, at + 1);
      checks->push_back(std::move(check));
    }
    at = tokens[at].IsSymbol('(') ? SkipBrackets(tokens, at) : at + 1;
  }
}

ColumnText TextOf(std::string_view sql, const Item& item) {
  const std::vector<Token>& tokens = item.tokens;
  ColumnText column;
  column.name = NameOf(tokens[0]);
  for (std::size_t at = 1; at + 1 < tokens.size();) {
    if (tokens[at].Is("COLLATE")) column.collation = NameOf(tokens[at + 1]);
    if (tokens[at].Is("AS") && tokens[at + 1].IsSymbol('(')) {
      column.generated_sql = InBrackets(sql, tokens, at + 1);
    }
    at = tokens[at].IsSymbol('(') ? SkipBrackets(tokens, at) : at + 1;
  }
  return column;
}

}  // namespace

std::string ColumnDefinition(std::string_view sql, std::string_view column) {
  const Item item = ColumnItem(sql, column);
  return std::string(sql.substr(item.begin(), item.end() - item.begin()));
}

std::string WithColumnDefinition(std::string_view sql, std::string_view column,
                                 std::string_view definition) {
  const Item item = ColumnItem(sql, column);
  return Splice(sql, item.begin(), item.end(), definition);
}

std::string WithNotNull(std::string_view sql, std::string_view column) {
  const bool has = FindClause(ColumnItem(sql, column), NotNullEnd).has_value();
  return has ? std::string(sql) : Appended(sql, column, "NOT NULL");
}

std::string WithoutNotNull(std::string_view sql, std::string_view column) {
  return WithoutClause(sql, column, NotNullEnd);
}

std::string WithDefault(std::string_view sql, std::string_view column,
                        std::string_view expression) {
  const std::string clause = "DEFAULT " + std::string(expression);
  const Item item = ColumnItem(sql, column);
  const std::optional<Clause> old = FindClause(item, DefaultEnd);
  if (!old) return Appended(sql, column, clause);
  return Splice(sql, item.tokens[old->begin].begin,
                item.tokens[old->end - 1].end, clause);
}

std::string WithoutDefault(std::string_view sql, std::string_view column) {
  return WithoutClause(sql, column, DefaultEnd);
}

std::vector<CheckText> Checks(std::string_view sql) {
  std::vector<CheckText> checks;
  for (const Item& item : ItemsOf(sql)) AddChecks(sql, item, &checks);
  return checks;
}

std::vector<ColumnText> ColumnTexts(std::string_view sql) {
  std::vector<ColumnText> columns;
  for (const Item& item : ItemsOf(sql)) {
    if (item.is_constraint()) break;
    columns.push_back(TextOf(sql, item));
  }
  return columns;
}

}  // namespace segue::sqlite
