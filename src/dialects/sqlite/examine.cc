#include "dialects/sqlite/examine.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "dialects/sqlite/create_table_text.h"
#include "dialects/sqlite/index_text.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/tokens.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

// Random, or dependent on the session's history or the clock.
constexpr const char* kVolatile[] = {
    "RANDOM",        "RANDOMBLOB",        "CHANGES",
    "TOTAL_CHANGES", "LAST_INSERT_ROWID", "CURRENT_TIME",
    "CURRENT_DATE",  "CURRENT_TIMESTAMP",
};

// Read the clock when they are given no time, or 'now'.
constexpr const char* kTimeFunctions[] = {
    "DATE", "TIME", "DATETIME", "JULIANDAY", "UNIXEPOCH", "STRFTIME",
};

// Rows of the table on which an expression is tried: enough for a first
// impression; the motion's trial tries all of them.
constexpr char kSampleRows[] = "100";

bool IsAnyOf(const Token& token, const auto& words) {
  return std::any_of(std::begin(words), std::end(words),
                     [&](const char* word) { return token.Is(word); });
}

// The call at `at` has no time among its arguments, or 'now', or converts to
// the machine's time zone.
bool ReadsClock(const std::vector<Token>& tokens, std::size_t at) {
  const std::size_t end = SkipBrackets(tokens, at + 1);
  const bool format_first = tokens[at].Is("STRFTIME");
  std::size_t commas = 0;
  for (std::size_t i = at + 2; i + 1 < end; ++i) {
    if (tokens[i].IsSymbol('(')) {
      i = SkipBrackets(tokens, i) - 1;
      continue;
    }
    if (tokens[i].IsSymbol(',')) ++commas;
    if (tokens[i].kind != Token::Kind::kString) continue;
    const std::string text = base::ToLower(NameOf(tokens[i]));
    if (text == "now" || text == "localtime" || text == "utc") return true;
  }
  const bool no_arguments = end == at + 3;
  return no_arguments || (format_first && commas == 0);
}

bool Mentions(std::string_view expression, std::string_view word) {
  for (const Token& token : Tokenize(expression)) {
    if (token.Is(word)) return true;
  }
  return false;
}

// "x" must name a column while we ask: SQLite would take a mistyped name for
// a string.
class StrictQuotes {
 public:
  explicit StrictQuotes(db::Connection& connection) : connection_(connection) {
    connection_.Execute("SELECT segue_strict_quotes(1)");
  }
  ~StrictQuotes() {
    try {
      connection_.Execute("SELECT segue_strict_quotes(0)");
    } catch (const Error&) {
      // The session is gone, and its setting with it.
    }
  }
  StrictQuotes(const StrictQuotes&) = delete;
  StrictQuotes& operator=(const StrictQuotes&) = delete;

 private:
  db::Connection& connection_;
};

std::vector<std::string> ColumnsOf(db::Connection& connection,
                                   const std::string& table) {
  std::vector<std::string> names;
  const db::Result result =
      connection.Execute("SELECT name FROM pragma_table_xinfo($1)", {table});
  for (const db::Row& row : result.rows) names.push_back(db::ToText(row[0]));
  return names;
}

// The names in scope as a subquery over real rows; over one row of NULLs where
// a column is yet to be added.
std::string Scope(const db::Question& question,
                  const std::vector<std::string>& columns) {
  std::vector<std::string> real;
  std::vector<std::string> null;
  for (const plan::Binding& binding : question.bindings) {
    const bool there = std::any_of(
        columns.begin(), columns.end(),
        [&](const auto& column) { return SameName(column, binding.column); });
    if (there) {
      real.push_back(Quote(binding.column) + " AS " + Quote(binding.name));
    }
    null.push_back("NULL AS " + Quote(binding.name));
  }
  if (null.empty()) return "(SELECT 1)";
  if (real.size() < null.size()) {
    return "(SELECT " + base::Join(null, ", ") + ")";
  }
  return "(SELECT " + base::Join(real, ", ") + " FROM " +
         Quote(question.table.name) + " LIMIT " + kSampleRows + ")";
}

// The server's message; empty when it takes the expression.
std::string ErrorOf(db::Connection& connection, const db::Question& question) {
  const std::vector<std::string> columns =
      ColumnsOf(connection, question.table.name);
  const StrictQuotes strict(connection);
  try {
    connection.Execute("SELECT (" + question.expression + "\n) FROM " +
                       Scope(question, columns));
    return "";
  } catch (const Error& error) {
    // The answer to the question, not a failure of asking it.
    if (error.retryable() || error.poisons_connection() ||
        error.kind() == ErrorKind::kCancelled) {
      throw;
    }
    return error.what();
  }
}

// An empty table of the same columns beside the real ones, gone with the
// transaction.
std::string IndexError(db::Connection& connection,
                       const db::Question& question) {
  std::vector<std::string> columns;
  for (const schema::Column& column : question.columns) {
    columns.push_back(Quote(column.name) + " " + column.type +
                      (column.collation.empty()
                           ? ""
                           : " COLLATE " + Quote(column.collation)));
  }
  const StrictQuotes strict(connection);
  db::Transaction transaction(connection, {db::Purpose::kRead, {}});
  connection.Execute("CREATE TEMP TABLE segue_examined (" +
                     base::Join(columns, ", ") + ")");
  try {
    connection.Execute(CreateIndexSql("segue_examined", *question.index,
                                      "temp.segue_examined_index"));
    return "";
  } catch (const Error& error) {
    if (error.retryable() || error.poisons_connection() ||
        error.kind() == ErrorKind::kCancelled) {
      throw;
    }
    return error.what();
  }
}

// An empty temporary table of the same name: a check may say table.column.
class Clone {
 public:
  Clone(db::Connection& connection, const db::Question& question)
      : connection_(connection),
        name_("temp." + Quote(question.table.name)),
        table_(question.table.name) {
    std::vector<std::string> parts;
    for (const plan::Binding& binding : question.bindings) {
      parts.push_back(Quote(binding.name) + " " + binding.type);
    }
    if (parts.empty()) parts.emplace_back("segue_none");
    parts.push_back("CHECK (" + question.expression + "\n)");
    connection_.Execute("CREATE TEMPORARY TABLE " + Quote(table_) + " (" +
                        base::Join(parts, ", ") + ")");
  }
  ~Clone() {
    try {
      connection_.Execute("DROP TABLE " + name_);
    } catch (const Error&) {
      // The session is gone, and its temporary tables with it.
    }
  }
  Clone(const Clone&) = delete;
  Clone& operator=(const Clone&) = delete;

  void Rename(const std::string& from, const std::string& to) {
    connection_.Execute("ALTER TABLE " + name_ + " RENAME COLUMN " +
                        Quote(from) + " TO " + BareOrQuoted(to));
  }

  std::string Check() {
    const db::Result found = connection_.Execute(
        "SELECT sql FROM sqlite_temp_schema WHERE name = $1", {table_});
    const std::string sql = db::ToText(found.rows.at(0).at(0));
    return std::string(base::Trim(Checks(sql).back().expression));
  }

 private:
  db::Connection& connection_;
  std::string name_;
  std::string table_;
};

// SQLite rewrites the expression itself when its columns are renamed to where
// they live; by way of names that nobody has, for two may change names.
db::ExpressionFacts ExamineCheck(db::Connection& connection,
                                 const db::Question& question) {
  db::ExpressionFacts facts;
  const StrictQuotes strict(connection);
  try {
    Clone clone(connection, question);
    int number = 0;
    for (const plan::Binding& binding : question.bindings) {
      clone.Rename(binding.name, "segue_" + std::to_string(++number));
    }
    number = 0;
    for (const plan::Binding& binding : question.bindings) {
      clone.Rename("segue_" + std::to_string(++number), binding.column);
    }
    facts.bound = clone.Check();
  } catch (const Error& error) {
    if (error.retryable() || error.poisons_connection() ||
        error.kind() == ErrorKind::kCancelled) {
      throw;
    }
    facts.error = error.what();
  }
  return facts;
}

}  // namespace

bool IsVolatile(std::string_view expression) {
  const std::vector<Token> tokens = Tokenize(expression);
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    if (IsAnyOf(tokens[at], kVolatile)) return true;
    const bool call = at + 1 < tokens.size() && tokens[at + 1].IsSymbol('(');
    if (call && IsAnyOf(tokens[at], kTimeFunctions) && ReadsClock(tokens, at)) {
      return true;
    }
  }
  return false;
}

db::ExpressionFacts Examine(db::Connection& connection,
                            const db::Question& question) {
  switch (question.kind) {
    case db::Question::Kind::kNewTable:
      return ExamineNewTable(question);
    case db::Question::Kind::kFreeName:
      return ExamineName(connection, question);
    case db::Question::Kind::kNamedBy:
      return {};  // RENAME TABLE finds every text there is
    case db::Question::Kind::kCheck:
      return ExamineCheck(connection, question);
    case db::Question::Kind::kAddColumnDefault:
    case db::Question::Kind::kAlterType:
    case db::Question::Kind::kIndex:
    case db::Question::Kind::kExpression:
      break;
  }
  db::ExpressionFacts facts;
  if (question.kind == db::Question::Kind::kAlterType) {
    // There is no ALTER COLUMN, and another affinity stores values otherwise.
    facts.rewrites_table = true;
    return facts;
  }
  if (question.kind == db::Question::Kind::kIndex) {
    facts.error = IndexError(connection, question);
    return facts;
  }
  facts.error = ErrorOf(connection, question);
  facts.is_volatile = IsVolatile(question.expression);
  // Another table's rows may change.
  facts.is_immutable =
      !facts.is_volatile && !Mentions(question.expression, "SELECT");
  // Not that it would: ADD COLUMN refuses such a default, so that the rows
  // have to be filled.
  facts.rewrites_table =
      question.kind == db::Question::Kind::kAddColumnDefault &&
      !IsLiteral(question.expression);
  return facts;
}

}  // namespace segue::sqlite
