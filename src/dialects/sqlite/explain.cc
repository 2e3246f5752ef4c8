#include "dialects/sqlite/explain.h"

#include <vector>

#include "dialects/sqlite/tokens.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

constexpr std::string_view kUsing = " USING ";

// Parses a text such as "INDEX users_name (name=?)" or "INTEGER PRIMARY KEY
// (rowid=?)".
std::string IndexOf(std::string_view what) {
  const std::size_t terms = what.rfind(" (");
  if (terms != std::string_view::npos) what = what.substr(0, terms);
  for (const std::string_view word :
       {"AUTOMATIC ", "PARTIAL ", "COVERING ", "INDEX "}) {
    if (what.starts_with(word)) what.remove_prefix(word.size());
  }
  if (what == "INTEGER PRIMARY KEY" || what == "PRIMARY KEY") {
    return "the primary key";
  }
  // An automatic index has no name, because it exists only for the query.
  return what == "INDEX" ? "an automatic index" : std::string(what);
}

// A subquery has lines of its own, and constants read no table.
bool IsTable(std::string_view name) {
  for (const std::string_view other : {"(", "<"}) {
    if (name.starts_with(other)) return false;
  }
  return name.find("CONSTANT ROW") == std::string_view::npos &&
         name.find("-ROW VALUES CLAUSE") == std::string_view::npos;
}

bool BeginsParameter(const Token& token) {
  if (token.kind == Token::Kind::kWord) return token.text[0] == '$';
  return token.IsSymbol('?') || token.IsSymbol(':') || token.IsSymbol('@');
}

}  // namespace

std::optional<TableAccess> ParsePlanLine(std::string_view line) {
  TableAccess access;
  for (const std::string_view verb : {"SCAN ", "SEARCH "}) {
    if (!line.starts_with(verb)) continue;
    access.method = verb.substr(0, verb.size() - 1);
    line.remove_prefix(verb.size());
  }
  constexpr std::string_view kOuter = " LEFT-JOIN";
  if (line.size() > kOuter.size() &&
      line.substr(line.size() - kOuter.size()) == kOuter) {
    line.remove_suffix(kOuter.size());
  }
  if (access.method.empty() || !IsTable(line)) return std::nullopt;
  const std::size_t by = line.find(kUsing);
  access.table = line.substr(0, by);
  if (by != std::string_view::npos) {
    access.index = IndexOf(line.substr(by + kUsing.size()));
  }
  return access;
}

std::string NumberParameters(const std::string& query, int& count) {
  const std::vector<Token> tokens = Tokenize(query);
  std::string numbered;
  std::size_t copied = 0;
  count = 0;
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    if (!BeginsParameter(tokens[at])) continue;
    numbered += query.substr(copied, tokens[at].begin - copied);
    numbered += "$" + std::to_string(++count);
    // ":name" and "?5" are two tokens without a space between them.
    const bool named = at + 1 < tokens.size() &&
                       tokens[at].kind == Token::Kind::kSymbol &&
                       tokens[at + 1].begin == tokens[at].end &&
                       (tokens[at + 1].kind == Token::Kind::kWord ||
                        tokens[at + 1].kind == Token::Kind::kNumber);
    if (named) ++at;
    copied = tokens[at].end;
  }
  return numbered + query.substr(copied);
}

// The values of parameters do not matter, because nothing is run.
QueryPlan Explain(db::Connection& connection, const std::string& query) {
  QueryPlan plan;
  int count = 0;
  const std::string numbered = NumberParameters(query, count);
  try {
    const db::Result found = connection.Execute(
        "EXPLAIN QUERY PLAN " + numbered,
        std::vector<db::Value>(static_cast<std::size_t>(count)));
    for (const db::Row& row : found.rows) {
      if (auto access = ParsePlanLine(db::ToText(row.at(3)))) {
        plan.accesses.push_back(*std::move(access));
      }
    }
  } catch (const Error& error) {
    if (error.poisons_connection() || error.kind() == ErrorKind::kCancelled) {
      throw;
    }
    plan.error = error.what();
  }
  return plan;
}

}  // namespace segue::sqlite
