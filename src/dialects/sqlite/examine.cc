#include "dialects/sqlite/examine.h"

#include <algorithm>
#include <string>
#include <variant>
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
std::string Scope(const schema::TableName& table,
                  const std::vector<plan::Binding>& bindings,
                  const std::vector<std::string>& columns) {
  std::vector<std::string> real;
  std::vector<std::string> null;
  for (const plan::Binding& binding : bindings) {
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
  return "(SELECT " + base::Join(real, ", ") + " FROM " + Quote(table.name) +
         " LIMIT " + kSampleRows + ")";
}

// The server's message; empty when it takes the expression.
std::string ErrorOf(db::Connection& connection, const schema::TableName& table,
                    const std::string& sql,
                    const std::vector<plan::Binding>& bindings) {
  const std::vector<std::string> columns = ColumnsOf(connection, table.name);
  const StrictQuotes strict(connection);
  try {
    connection.Execute("SELECT (" + sql + "\n) FROM " +
                       Scope(table, bindings, columns));
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
                       const db::IndexQuestion& question) {
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
    connection.Execute(CreateIndexSql("segue_examined", question.index,
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
  Clone(db::Connection& connection, const db::CheckQuestion& question)
      : connection_(connection),
        name_("temp." + Quote(question.table.name)),
        table_(question.table.name) {
    std::vector<std::string> parts;
    for (const plan::Binding& binding : question.bindings) {
      parts.push_back(Quote(binding.name) + " " + binding.type);
    }
    if (parts.empty()) parts.emplace_back("segue_none");
    parts.push_back("CHECK (" + question.sql + "\n)");
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
db::Answer AnswerTo(db::Connection& connection,
                    const db::CheckQuestion& question) {
  db::Answer answer;
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
    answer.bound = clone.Check();
  } catch (const Error& error) {
    if (error.retryable() || error.poisons_connection() ||
        error.kind() == ErrorKind::kCancelled) {
      throw;
    }
    answer.error = error.what();
  }
  return answer;
}

db::Answer AnswerTo(db::Connection& connection,
                    const db::IndexQuestion& question) {
  db::Answer answer;
  answer.error = IndexError(connection, question);
  return answer;
}

// There is no ALTER COLUMN, and another affinity stores values otherwise.
db::Answer AnswerTo(db::Connection& /*connection*/,
                    const db::TypeQuestion& /*question*/) {
  db::Answer answer;
  answer.rewrites_table = true;
  return answer;
}

// ALTER TABLE RENAME finds every text that there is.
db::Answer AnswerTo(db::Connection& /*connection*/,
                    const db::MentionQuestion& /*question*/) {
  return {};
}

db::Answer AnswerTo(db::Connection& connection,
                    const db::ExpressionQuestion& question) {
  db::Answer answer;
  answer.error =
      ErrorOf(connection, question.table, question.sql, question.bindings);
  answer.is_volatile = IsVolatile(question.sql);
  // Another table's rows may change.
  answer.is_immutable =
      !answer.is_volatile && !Mentions(question.sql, "SELECT");
  return answer;
}

// ADD COLUMN would not rewrite the table but refuse a default that is no
// literal, so that the rows have to be filled.
db::Answer AnswerTo(db::Connection& connection,
                    const db::DefaultQuestion& question) {
  db::Answer answer = AnswerTo(
      connection,
      db::ExpressionQuestion{question.table, question.sql, {}, question.type});
  answer.rewrites_table = !IsLiteral(question.sql);
  return answer;
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

db::Answer Examine(db::Connection& connection, const db::Question& question) {
  return std::visit([&](const auto& one) { return AnswerTo(connection, one); },
                    question);
}

}  // namespace segue::sqlite
