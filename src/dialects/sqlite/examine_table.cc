// What SQLite says about a table that is to be made or renamed.
#include "base/text.h"
#include "dialects/sqlite/connection.h"
#include "dialects/sqlite/examine.h"
#include "dialects/sqlite/inspect.h"
#include "dialects/sqlite/table_text.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

// Tables of these names are segue's own: Inspect does not see them.
constexpr char kOwnPrefix[] = "segue_";

}  // namespace

// Made in a database of its own in memory: nobody waits for it, and what comes
// out is what Inspect would read. A foreign key to nothing is none of
// CREATE TABLE's business.
db::ExpressionFacts ExamineNewTable(const db::Question& question) {
  db::ExpressionFacts facts;
  db::Url url;
  url.scheme = "sqlite";
  url.database = ":memory:";
  SqliteConnection memory(url);
  const std::string sql = CreateTableSql(*question.definition);
  try {
    memory.Execute(sql);
  } catch (const Error& error) {
    facts.error = error.what();
    return facts;
  }
  facts.made = std::make_shared<schema::Table>(
      schema::RequireTable(Inspect(memory, "main"), question.table.name));
  return facts;
}

// Tables, views, indexes and triggers share their names, whatever their case.
db::ExpressionFacts ExamineName(db::Connection& connection,
                                const db::Question& question) {
  db::ExpressionFacts facts;
  if (base::StartsWith(base::ToLower(question.table.name), kOwnPrefix)) {
    facts.error = "names that begin with 'segue_' are segue's own";
    return facts;
  }
  const db::Result taken = connection.Execute(
      "SELECT type, name FROM sqlite_schema WHERE lower(name) = lower($1)",
      {question.table.name});
  if (!taken.rows.empty()) {
    const std::string type = db::ToText(taken.rows[0][0]);
    facts.error = (type == "index" ? "an " : "a ") + type + " called '" +
                  db::ToText(taken.rows[0][1]) + "' exists already";
  }
  return facts;
}

}  // namespace segue::sqlite
