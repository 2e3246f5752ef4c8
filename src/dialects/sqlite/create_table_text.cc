#include "dialects/sqlite/create_table_text.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/tokens.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

// The text between two commas of the list in brackets.
struct Item {
  std::vector<Token> tokens;  // never empty
  std::size_t begin() const { return tokens.front().begin; }
  std::size_t end() const { return tokens.back().end; }

  // SQLite reserves these words, so no column has one of them as a name without
  // quotes.
  bool is_constraint() const {
    const Token& first = tokens.front();
    return first.Is("CONSTRAINT") || first.Is("PRIMARY") ||
           first.Is("UNIQUE") || first.Is("CHECK") || first.Is("FOREIGN");
  }
};

// The tokens [begin, end) of an item.
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

// Visits the clauses of one column definition; brackets count as one token.
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

// Finds the end of NOT NULL [ON CONFLICT x].
std::size_t NotNullEnd(const std::vector<Token>& tokens, std::size_t at) {
  if (!tokens[at].Is("NOT") || !Next(tokens, at + 1, "NULL")) return 0;
  const bool conflict =
      Next(tokens, at + 2, "ON") && Next(tokens, at + 3, "CONFLICT");
  return std::min(conflict ? at + 5 : at + 2, tokens.size());
}

// Finds the end of DEFAULT literal, DEFAULT -1 or DEFAULT (expression), but not
// of SET DEFAULT.
std::size_t DefaultEnd(const std::vector<Token>& tokens, std::size_t at) {
  if (!tokens[at].Is("DEFAULT") || tokens[at - 1].Is("SET")) return 0;
  if (at + 1 >= tokens.size()) return 0;
  const Token& next = tokens[at + 1];
  if (next.IsSymbol('(')) return SkipBrackets(tokens, at + 1);
  const bool sign = next.IsSymbol('+') || next.IsSymbol('-');
  return std::min(sign ? at + 3 : at + 2, tokens.size());
}

// Returns the clause together with the CONSTRAINT name before it.
Clause WithName(const Item& item, Clause clause) {
  if (clause.begin >= 3 && item.tokens[clause.begin - 2].Is("CONSTRAINT")) {
    clause.begin -= 2;
  }
  return clause;
}

// Removes a clause together with the space before it.
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

// Returns the text inside the brackets that open at token `at`.
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

// Finds the end of CHECK (...).
std::size_t CheckEnd(const std::vector<Token>& tokens, std::size_t at) {
  const bool is_check = tokens[at].Is("CHECK") && at + 1 < tokens.size() &&
                        tokens[at + 1].IsSymbol('(');
  return is_check ? SkipBrackets(tokens, at + 1) : 0;
}

// True for a token that may follow REFERENCES table (columns).
bool ContinuesReference(const std::vector<Token>& tokens, std::size_t at) {
  const Token& token = tokens[at];
  if (token.Is("NOT")) return Next(tokens, at + 1, "DEFERRABLE");
  // ON CONFLICT belongs to another clause; ON DELETE and ON UPDATE belong to
  // this one.
  if (token.Is("ON")) {
    return Next(tokens, at + 1, "DELETE") || Next(tokens, at + 1, "UPDATE");
  }
  return token.Is("MATCH") || token.Is("DEFERRABLE") || token.Is("INITIALLY");
}

std::size_t ReferenceWords(const std::vector<Token>& tokens, std::size_t at) {
  if (tokens[at].Is("DEFERRABLE")) return 1;
  if (!tokens[at].Is("ON")) return 2;  // NOT DEFERRABLE, MATCH x, INITIALLY x
  const bool one_word =
      Next(tokens, at + 2, "CASCADE") || Next(tokens, at + 2, "RESTRICT");
  return one_word ? 3 : 4;
}

// Finds the end of [FOREIGN KEY (...)] REFERENCES ...
std::size_t ForeignKeyEnd(const std::vector<Token>& tokens, std::size_t at) {
  if (Next(tokens, at, "FOREIGN")) {
    if (at + 2 >= tokens.size() || !tokens[at + 2].IsSymbol('(')) return 0;
    at = SkipBrackets(tokens, at + 2);
  }
  if (!Next(tokens, at, "REFERENCES")) return 0;
  at += 2;
  if (at < tokens.size() && tokens[at].IsSymbol('(')) {
    at = SkipBrackets(tokens, at);
  }
  while (at < tokens.size() && ContinuesReference(tokens, at)) {
    at += ReferenceWords(tokens, at);
  }
  return std::min(at, tokens.size());
}

std::vector<std::string> NamesIn(const std::vector<Token>& tokens,
                                 std::size_t open) {
  std::vector<std::string> names;
  const std::size_t end = SkipBrackets(tokens, open);
  for (std::size_t at = open + 1; at + 1 < end; ++at) {
    if (!tokens[at].IsSymbol(',')) names.push_back(NameOf(tokens[at]));
  }
  return names;
}

ConstraintText ConstraintOf(std::string_view sql, const Item& item,
                            Clause clause, bool is_foreign_key) {
  const std::vector<Token>& tokens = item.tokens;
  ConstraintText found;
  found.is_foreign_key = is_foreign_key;
  if (!item.is_constraint()) found.column = NameOf(tokens[0]);
  if (!is_foreign_key) {
    found.expression = InBrackets(sql, tokens, clause.begin + 1);
  } else if (tokens[clause.begin].Is("FOREIGN")) {
    found.columns = NamesIn(tokens, clause.begin + 2);
  } else {
    found.columns = {found.column};
  }
  if (clause.begin >= 2 && tokens[clause.begin - 2].Is("CONSTRAINT")) {
    found.name = NameOf(tokens[clause.begin - 1]);
    clause.begin -= 2;
  }
  found.begin = tokens[clause.begin].begin;
  found.text = std::string(
      sql.substr(found.begin, tokens[clause.end - 1].end - found.begin));
  return found;
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

std::vector<ConstraintText> ConstraintTexts(std::string_view sql) {
  std::vector<ConstraintText> found;
  const std::vector<Item> items = ItemsOf(sql);
  for (std::size_t place = 0; place < items.size(); ++place) {
    const std::vector<Token>& tokens = items[place].tokens;
    for (std::size_t at = 0; at < tokens.size();) {
      const std::size_t check = CheckEnd(tokens, at);
      const std::size_t end = check != 0 ? check : ForeignKeyEnd(tokens, at);
      if (end != 0) {
        found.push_back(ConstraintOf(sql, items[place], {at, end}, check == 0));
        found.back().item = place;
        at = end;
      } else {
        at = tokens[at].IsSymbol('(') ? SkipBrackets(tokens, at) : at + 1;
      }
    }
  }
  return found;
}

std::string NameOf(const ConstraintText& constraint) {
  if (!constraint.name.empty()) return constraint.name;
  if (!constraint.is_foreign_key) {
    return "CHECK (" + constraint.expression + ")";
  }
  return base::Join(constraint.columns, "_") + "_fkey";
}

ConstraintText FindConstraint(std::string_view sql, std::string_view name) {
  for (ConstraintText& constraint : ConstraintTexts(sql)) {
    if (SameName(NameOf(constraint), name)) return std::move(constraint);
  }
  throw Error(ErrorKind::kNotFound,
              "the table's text has no check and no "
              "foreign key '" +
                  std::string(name) + "'")
      .WithSql(std::string(sql));
}

bool HasConstraint(std::string_view sql, std::string_view name) {
  const std::vector<ConstraintText> all = ConstraintTexts(sql);
  return std::any_of(all.begin(), all.end(), [&](const auto& constraint) {
    return SameName(NameOf(constraint), name);
  });
}

std::string ConstraintHead(const ConstraintText& constraint) {
  if (constraint.name.empty()) return "";
  const std::vector<Token> tokens = Tokenize(constraint.text);
  return constraint.text.substr(0, tokens[2].begin);
}

std::string WithConstraintHead(std::string_view sql, std::string_view name,
                               std::string_view head) {
  const ConstraintText found = FindConstraint(sql, name);
  return Splice(sql, found.begin, found.begin + ConstraintHead(found).size(),
                head);
}

std::string WithConstraint(std::string_view sql, std::string_view text) {
  const std::size_t end = ItemsOf(sql).back().end();
  return Splice(sql, end, end, ", " + std::string(text));
}

std::string WithTextBehind(std::string_view sql, std::size_t place,
                           std::string_view text) {
  const std::size_t end = ItemsOf(sql).at(place).end();
  return Splice(sql, end, end, text);
}

// The comma before an item and the spaces between them are removed with it.
std::string WithoutConstraint(std::string_view sql,
                              const ConstraintText& constraint,
                              std::string* removed) {
  const std::size_t end = constraint.begin + constraint.text.size();
  std::size_t begin = constraint.begin;
  if (constraint.column.empty()) {
    begin = ItemsOf(sql).at(constraint.item - 1).end();
  } else {
    while (begin > 0 && (sql[begin - 1] == ' ' || sql[begin - 1] == '\n')) {
      --begin;
    }
  }
  if (removed != nullptr) *removed = sql.substr(begin, end - begin);
  return Splice(sql, begin, end, "");
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
