#include "dialects/sqlite/version_session.h"

#include <vector>

#include "base/text.h"
#include "dialects/sqlite/instead_of.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/version_views.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

constexpr char kComment[] = "/* segue: this session's version */";

// A view of the version.
struct VersionTable {
  std::string view;
  Published published;
};

std::vector<VersionTable> TablesOf(db::Connection& connection,
                                   const std::string& version_schema) {
  const db::Result result = connection.Execute(
      "SELECT name, sql FROM main.sqlite_schema WHERE type = 'view' "
      "ORDER BY name");
  std::vector<VersionTable> tables;
  for (const db::Row& row : result.rows) {
    const std::string name = db::ToText(row[0]);
    const auto published = ReadPublished(name, db::ToText(row[1]));
    if (!published || published->version_schema != version_schema) continue;
    tables.push_back({name, *published});
  }
  return tables;
}

InsteadOf TriggersFor(db::Connection& connection, const VersionTable& table) {
  InsteadOf triggers;
  triggers.view = table.published.table;
  triggers.target = table.view;
  triggers.temporary = true;
  triggers.key = table.published.key;
  const db::Result result = connection.Execute(
      "SELECT name FROM pragma_table_xinfo($1, 'main') ORDER BY cid",
      {table.view});
  for (const db::Row& row : result.rows) {
    const std::string name = db::ToText(row[0]);
    if (name == kRowidColumn) {
      triggers.rowid = name;
      triggers.hints = std::move(triggers.key);
      triggers.key.clear();
    } else {
      triggers.columns.push_back({name, name, {}, false, false});
    }
  }
  // The text of a view that takes writes says how its rows are identified.
  if (triggers.key.empty() && triggers.rowid.empty()) {
    triggers.refusal = TakesNoWrites(triggers.view);
  }
  return triggers;
}

std::string TableSql(const InsteadOf& triggers) {
  std::vector<std::string> columns;
  for (const InsteadOf::Column& column : triggers.columns) {
    columns.push_back(Quote(column.shown));
  }
  const std::string name = "temp." + Quote(triggers.view);
  std::string sql = "DROP VIEW IF EXISTS " + name + ";\nCREATE VIEW " + name +
                    " AS " + kComment + " SELECT " + base::Join(columns, ", ") +
                    " FROM main." + Quote(triggers.target) + ";\n";
  for (const Statement& trigger : InsteadOfTriggers(triggers)) {
    sql += trigger.sql + ";\n";
  }
  return sql;
}

}  // namespace

std::string VersionSessionSql(db::Connection& connection,
                              const std::string& version_schema) {
  std::string sql;
  for (const VersionTable& table : TablesOf(connection, version_schema)) {
    sql += TableSql(TriggersFor(connection, table));
  }
  if (!sql.empty()) return sql;
  throw Error(ErrorKind::kNotFound,
              "no version '" + version_schema + "' is published here")
      .WithHint("'segue versions' lists them");
}

bool SeesVersion(db::Connection& connection) {
  const db::Result result = connection.Execute(
      "SELECT 1 FROM temp.sqlite_schema WHERE type = 'view' AND "
      "instr(sql, $1) > 0 LIMIT 1",
      {std::string(kComment)});
  return !result.rows.empty();
}

}  // namespace segue::sqlite
