#include "dialects/sqlite/some_keys.h"

#include <sqlite3.h>

#include <string_view>
#include <vector>

#include "base/text.h"
#include "db/connection.h"
#include "dialects/sqlite/errors.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/statement.h"

namespace segue::sqlite {
namespace {

constexpr std::size_t kShown = 100;

db::Result Ask(sqlite3* database, const std::string& sql,
               const std::vector<db::Value>& parameters = {}) {
  std::string_view rest;
  PreparedStatement statement(database, sql, &rest);
  statement.Bind(parameters);
  db::Result result;
  const int code = statement.Run(&result);
  if (code != SQLITE_OK) ThrowError(database, code, sql);
  return result;
}

// Returns the names of the primary key; none for a table without one.
std::vector<std::string> KeyColumns(sqlite3* database,
                                    const std::string& table) {
  std::vector<std::string> names;
  for (const db::Row& row :
       Ask(database,
           "SELECT name FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk",
           {table})
           .rows) {
    names.push_back(db::ToText(row.at(0)));
  }
  return names;
}

std::string Text(const db::Value& value) {
  return db::IsNull(value) ? "NULL" : db::ToText(value);
}

// "id=1", "(a, b)=(1, 2)".
std::string KeyText(const std::vector<std::string>& names, const db::Row& row) {
  std::vector<std::string> values;
  for (const db::Value& value : row) values.push_back(Text(value));
  if (names.size() == 1) return names[0] + "=" + values[0];
  return "(" + base::Join(names, ", ") + ")=(" + base::Join(values, ", ") + ")";
}

}  // namespace

std::string RowsText(const std::string& table, const std::string& then,
                     const std::string& what, const std::string& condition) {
  return "SELECT count(*) || " +
         Literal(" rows of '" + table + "' " + what + ": ") +
         " || segue_keys(" + Literal(then) + ", " + Literal(condition) +
         ") FROM main." + Quote(then) + " AS c WHERE " + condition +
         " HAVING count(*) > 0";
}

std::string SomeKeys(sqlite3* database, const std::string& table,
                     const std::string& condition) {
  std::vector<std::string> names = KeyColumns(database, table);
  if (names.empty()) names = {"rowid"};
  std::vector<std::string> columns;
  for (const std::string& name : names) {
    const std::string value = "substr(c." + Quote(name) + ", 1, 100)";
    columns.push_back("CASE typeof(c." + Quote(name) +
                      ") WHEN 'blob' THEN hex(" + value + ") ELSE " + value +
                      " END");
  }
  const db::Result found =
      Ask(database, "SELECT " + base::Join(columns, ", ") + " FROM main." +
                        Quote(table) + " AS c WHERE " + condition + " LIMIT " +
                        std::to_string(kShown + 1));
  std::vector<std::string> keys;
  for (const db::Row& row : found.rows) {
    keys.push_back(keys.size() < kShown ? KeyText(names, row) : "...");
  }
  return base::Join(keys, ", ");
}

}  // namespace segue::sqlite
