// What `up` and `down` depend on besides the row itself: other tables, and the
// functions and settings of the session that writes.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "dialects/sqlite/hazards.h"
#include "dialects/sqlite/tokens.h"

namespace segue::sqlite {
namespace {

// A bracket after one of these words begins no call.
constexpr const char* kNoFunctions[] = {
    "AND",  "OR",     "NOT",   "IN",   "IS",     "WHEN",  "THEN",    "ELSE",
    "CASE", "EXISTS", "CAST",  "AS",   "SELECT", "WHERE", "BETWEEN", "FROM",
    "ON",   "BY",     "UNION", "JOIN", "VALUES", "ALL",   "DISTINCT"};
constexpr const char* kOperators[] = {"LIKE", "GLOB", "REGEXP", "MATCH"};

bool IsAnyOf(const Token& token, const auto& words) {
  return std::any_of(std::begin(words), std::end(words),
                     [&](const char* word) { return token.Is(word); });
}

// Returns the functions and operators that an application may define anew for
// its session, in the order of the text, each once.
std::vector<std::string> SessionFunctions(const std::vector<Token>& tokens) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    const Token& token = tokens[at];
    const bool call = token.kind == Token::Kind::kWord &&
                      at + 1 < tokens.size() && tokens[at + 1].IsSymbol('(') &&
                      !IsAnyOf(token, kNoFunctions);
    const bool json = token.IsSymbol('-') && at + 1 < tokens.size() &&
                      tokens[at + 1].IsSymbol('>');
    if (!call && !json && !IsAnyOf(token, kOperators)) continue;
    std::string name = json ? "->" : base::ToLower(token.text);
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(std::move(name));
    }
  }
  return names;
}

std::vector<std::string> TablesRead(const std::vector<Token>& tokens,
                                    const schema::Schema& schema) {
  std::vector<std::string> names;
  const bool selects =
      std::any_of(tokens.begin(), tokens.end(),
                  [](const Token& token) { return token.Is("SELECT"); });
  if (!selects) return names;
  for (const schema::Table& table : schema.tables) {
    const bool named =
        std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) {
          return (token.kind == Token::Kind::kWord ||
                  token.kind == Token::Kind::kQuoted) &&
                 SameName(NameOf(token), table.name.name);
        });
    if (named) names.push_back(table.name.name);
  }
  return names;
}

void Of(const char* key, const plan::Expression& expression,
        const plan::ColumnMotion& motion, const schema::Schema& schema,
        std::size_t at, std::vector<Hazard>* hazards) {
  if (expression.empty() || expression.PlainColumn()) return;
  const std::vector<Token> tokens = Tokenize(expression.sql);
  const std::string subject =
      "'" + std::string(key) + "' of table '" + motion.table.name + "' ";
  const std::vector<std::string> tables = TablesRead(tokens, schema);
  if (!tables.empty()) {
    hazards->push_back(
        {false, "expression-reads-other-rows",
         subject + "reads '" + base::Join(tables, "', '") +
             "': a later write there does not reach the value that a row has "
             "already",
         "the dual write derives a value when its own row is written, so that "
         "verify finds a mismatch and complete is refused after such a write",
         "write no such rows until the contract, or repair with 'segue verify "
         "--repair'",
         at});
  }
  const std::vector<std::string> functions = SessionFunctions(tokens);
  if (functions.empty()) return;
  hazards->push_back(
      {false, "expression-of-the-session",
       subject +
           "runs in the session of the application that writes, with its "
           "functions and pragmas (" +
           base::Join(functions, ", ") + ")",
       "a session that defines such a function anew (ICU, create_function), or "
       "sets PRAGMA case_sensitive_like, derives another value than segue; "
       "with PRAGMA trusted_schema = OFF SQLite refuses a function that is not "
       "marked as harmless, and the write with it",
       "make sure that every session has the functions and pragmas of SQLite "
       "as they are by default",
       at});
}

}  // namespace

void FindExpressionHazards(const plan::ColumnMotion& motion,
                           const schema::Schema& schema, std::size_t at,
                           std::vector<Hazard>* hazards) {
  Of("up", motion.up, motion, schema, at, hazards);
  Of("down", motion.down, motion, schema, at, hazards);
}

}  // namespace segue::sqlite
