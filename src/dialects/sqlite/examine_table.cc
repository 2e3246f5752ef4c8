// Asks SQLite about a table that will be created or renamed.
#include "base/text.h"
#include "dialects/sqlite/connection.h"
#include "dialects/sqlite/examine.h"
#include "dialects/sqlite/inspect.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/table_text.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

// Tables with this prefix belong to segue, and Inspect leaves them out.
constexpr char kOwnPrefix[] = "segue_";

db::Url InMemory() {
  db::Url url;
  url.scheme = "sqlite";
  url.database = ":memory:";
  return url;
}

// True when SQLite would take a table of this name for one in which a virtual
// table has its data. Only the module of a virtual table knows those names, so
// the tables are made in a separate database in memory.
bool WouldBeShadow(db::Connection& connection, const std::string& name) {
  const db::Result made = connection.Execute(
      "SELECT sql FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL%'");
  if (made.rows.empty()) return false;
  SqliteConnection memory(InMemory());
  for (const db::Row& row : made.rows) {
    try {
      memory.Execute(db::ToText(row.at(0)));
    } catch (const Error&) {
      // The module is unknown here, or wants a table that is not there.
    }
  }
  memory.Execute("CREATE TABLE IF NOT EXISTS " + Quote(name) + " (x)");
  return !memory
              .Execute(
                  "SELECT 1 FROM pragma_table_list WHERE type = 'shadow' "
                  "AND lower(name) = lower($1)",
                  {name})
              .rows.empty();
}

}  // namespace

// The table is created in a separate database in memory, so nobody waits for
// it, and the answer is what Inspect would read. CREATE TABLE accepts a foreign
// key to a missing table.
db::Answer AnswerTo(db::Connection& /*connection*/,
                    const db::TableQuestion& question) {
  db::Answer answer;
  SqliteConnection memory(InMemory());
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

// Tables, views, indexes and triggers share one namespace, in which letter case
// does not count.
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
  } else if (WouldBeShadow(connection, question.table.name)) {
    answer.error = "SQLite would take '" + question.table.name +
                   "' for a shadow table of a virtual table";
  }
  return answer;
}

}  // namespace segue::sqlite
