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

// These functions are random, or depend on the session's history or on the
// clock.
constexpr const char* kVolatile[] = {
    "RANDOM",        "RANDOMBLOB",        "CHANGES",
    "TOTAL_CHANGES", "LAST_INSERT_ROWID", "CURRENT_TIME",
    "CURRENT_DATE",  "CURRENT_TIMESTAMP",
};

// These functions read the clock when they get no time, or 'now'.
constexpr const char* kTimeFunctions[] = {
    "DATE", "TIME", "DATETIME", "JULIANDAY", "UNIXEPOCH", "STRFTIME",
};

// An expression is tried on this many rows of the table for a first impression;
// the trial of the motion tries all rows.
constexpr char kSampleRows[] = "100";

bool IsAnyOf(const Token& token, const auto& words) {
  return std::any_of(std::begin(words), std::end(words),
                     [&](const char* word) { return token.Is(word); });
}

// True when the call at `at` has no time among its arguments, or has 'now', or
// converts to the time zone of the machine.
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

// While this object lives, "x" must name a column. SQLite would otherwise take
// a mistyped name for a string.
class StrictQuotes {
 public:
  explicit StrictQuotes(db::Connection& connection) : connection_(connection) {
    connection_.Execute("SELECT segue_strict_quotes(1)");
  }
  ~StrictQuotes() {
    try {
      connection_.Execute("SELECT segue_strict_quotes(0)");
    } catch (const Error&) {
      // The session is lost, and its setting with it.
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

// Returns a subquery with the names in scope, over real rows, or over one row
// of NULLs when a column does not exist yet.
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

// Returns the message of SQLite; empty when it accepts the expression.
std::string ErrorOf(db::Connection& connection, const schema::TableName& table,
                    const std::string& sql,
                    const std::vector<plan::Binding>& bindings) {
  const std::vector<std::string> columns = ColumnsOf(connection, table.name);
  const StrictQuotes strict(connection);
  // A bare "rowid" would be that of the subquery. Beside a second one it names
  // nothing, and in a WHERE an aggregate and a window function are refused.
  const std::string from =
      " FROM " + Scope(table, bindings, columns) + ", (SELECT 1)";
  try {
    connection.Execute("SELECT (" + sql + "\n)" + from + " WHERE (" + sql +
                       "\n) IS NULL OR 1");
    // An aggregate over no row gives a row all the same.
    const bool aggregates =
        !connection.Execute("SELECT (" + sql + "\n)" + from + " WHERE 0")
             .rows.empty();
    return aggregates ? "an aggregate would see one row only" : "";
  } catch (const Error& error) {
    // The error is the answer to the question, and not a failure to ask it.
    if (error.retryable() || error.poisons_connection() ||
        error.kind() == ErrorKind::kCancelled) {
      throw;
    }
    return error.what();
  }
}

// Builds the index on an empty table with the same columns, which the end of
// the transaction removes.
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

// An empty temporary table with the same name, because a check may say
// table.column.
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
      // The session is lost, and its temporary tables with it.
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

// SQLite itself rewrites the expression when the columns are renamed to their
// places. They are renamed by way of unused names, because two columns may
// exchange their names.
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

// SQLite has no ALTER COLUMN, and another affinity would store the values
// differently.
db::Answer AnswerTo(db::Connection& /*connection*/,
                    const db::TypeQuestion& /*question*/) {
  db::Answer answer;
  answer.rewrites_table = true;
  return answer;
}

// SQLite has no domains: a type has no default and takes NULL.
db::Answer AnswerTo(db::Connection& /*connection*/,
                    const db::LeftOutQuestion& /*question*/) {
  return {};
}

// ALTER TABLE RENAME updates every text that mentions the table.
db::Answer AnswerTo(db::Connection& /*connection*/,
                    const db::MentionQuestion& /*question*/) {
  return {};
}

db::Answer AnswerTo(db::Connection& /*connection*/,
                    const db::PublishedQuestion& /*question*/) {
  return {};
}

db::Answer AnswerTo(db::Connection& /*connection*/,
                    const db::RightsQuestion& /*question*/) {
  return {};
}

// A column that becomes NOT NULL gets a second one beside it.
db::Answer AnswerTo(db::Connection& /*connection*/,
                    const db::FilledQuestion& /*question*/) {
  return {};
}

// Every constraint holds for every row.
db::Answer AnswerTo(db::Connection& /*connection*/,
                    const db::UnprovenQuestion& /*question*/) {
  return {};
}

// Nothing is held back here (Capabilities::holds_triggers).
db::Answer AnswerTo(db::Connection& /*connection*/,
                    const db::TriggersQuestion& /*question*/) {
  return {};
}

// No key is moved here (Capabilities::moves_keys).
db::Answer AnswerTo(db::Connection& /*connection*/,
                    const db::RoomQuestion& /*question*/) {
  return {};
}

// The rendering of a copy knows all that SQLite has of a table.
db::Answer AnswerTo(db::Connection& /*connection*/,
                    const db::CopyQuestion& /*question*/) {
  return {};
}

// No table is divided here (Capabilities::partitions).
db::Answer AnswerTo(db::Connection& /*connection*/,
                    const db::RangesQuestion& /*question*/) {
  return {};
}

// What hangs on a column is in the texts of the schema.
db::Answer AnswerTo(db::Connection& /*connection*/,
                    const db::LossQuestion& /*question*/) {
  return {};
}

db::Answer AnswerTo(db::Connection& connection,
                    const db::ExpressionQuestion& question) {
  db::Answer answer;
  answer.error =
      ErrorOf(connection, question.table, question.sql, question.bindings);
  answer.is_volatile = IsVolatile(question.sql);
  // The rows of another table may change.
  answer.is_immutable =
      !answer.is_volatile && !Mentions(question.sql, "SELECT");
  return answer;
}

// ADD COLUMN would not rewrite the table but refuse a default that is no
// literal, so the rows have to be filled.
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
