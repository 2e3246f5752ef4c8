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
db::Answer AnswerTo(db::Connection& /*connection*/,
                    const db::TableQuestion& question) {
  db::Answer answer;
  db::Url url;
  url.scheme = "sqlite";
  url.database = ":memory:";
  SqliteConnection memory(url);
  const std::string sql = CreateTableSql(*question.definition);
  try {
    memory.Execute(sql);
  } catch (const Error& error) {
    answer.error = error.what();
    return answer;
  }
  answer.made = std::make_shared<schema::Table>(schema::RequireTable(
      Inspect(memory, "main"), question.definition->name.name));
  return answer;
}

// Tables, views, indexes and triggers share their names, whatever their case.
db::Answer AnswerTo(db::Connection& connection,
                    const db::NameQuestion& question) {
  db::Answer answer;
  if (base::ToLower(question.table.name).starts_with(kOwnPrefix)) {
    answer.error = "names that begin with 'segue_' are segue's own";
    return answer;
  }
  const db::Result taken = connection.Execute(
      "SELECT type, name FROM sqlite_schema WHERE lower(name) = lower($1)",
      {question.table.name});
  if (!taken.rows.empty()) {
    const std::string type = db::ToText(taken.rows[0][0]);
    answer.error = (type == "index" ? "an " : "a ") + type + " called '" +
                   db::ToText(taken.rows[0][1]) + "' exists already";
  }
  return answer;
}

}  // namespace segue::sqlite
