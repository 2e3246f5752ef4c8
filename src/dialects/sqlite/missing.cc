#include "dialects/sqlite/missing.h"

#include "base/text.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/tokens.h"

namespace segue::sqlite {
namespace {

constexpr const char* kUnion = " UNION ALL ";

// The mark of the backfill is there in its own transaction only, so a row that
// others see is not its own.
constexpr const char* kSilenced =
    "SELECT 'table segue_busy has a row that is not segue''s, so that the "
    "triggers do nothing' WHERE EXISTS (SELECT 1 FROM segue_busy)";

// The names that follow CREATE TRIGGER, or CREATE VIEW, in the statements.
std::vector<std::string> Created(const std::vector<Statement>& statements,
                                 const char* kind) {
  std::vector<std::string> names;
  for (const Statement& statement : statements) {
    const std::vector<Token> tokens = Tokenize(statement.sql);
    if (tokens.size() < 3 || !tokens[0].Is("CREATE") || !tokens[1].Is(kind)) {
      continue;
    }
    names.push_back(NameOf(tokens[2]));
  }
  return names;
}

std::string Each(const std::vector<std::string>& names) {
  std::vector<std::string> rows;
  for (const std::string& name : names)
    rows.push_back("(" + Literal(name) + ")");
  return " FROM (SELECT column1 AS name FROM (VALUES " +
         base::Join(rows, ", ") + ")) AS w";
}

std::string Lacking(const std::string& kind,
                    const std::vector<std::string>& names) {
  return "SELECT " + Literal(kind + " '") + " || w.name || " +
         Literal("' is gone") + Each(names) +
         " WHERE NOT EXISTS (SELECT 1 FROM sqlite_schema AS s WHERE s.type = " +
         Literal(kind) + " AND lower(s.name) = lower(w.name))";
}

// SQLite raises an error for the columns of a view whose table is gone, which
// names the table.
std::string Unresolved(const std::vector<std::string>& views) {
  return "SELECT 'view ''' || w.name || ''' has no columns'" + Each(views) +
         " WHERE EXISTS (SELECT 1 FROM sqlite_schema AS s WHERE s.type = "
         "'view' AND s.name = w.name) AND NOT EXISTS (SELECT 1 FROM "
         "pragma_table_info(w.name))";
}

std::string IsTable(const std::string& table) {
  return "EXISTS (SELECT 1 FROM sqlite_schema AS s WHERE s.type = 'table' AND "
         "lower(s.name) = lower(" +
         Literal(table) + "))";
}

// Triggers go along with a table that is renamed, and an undo would not find
// the table.
std::string MissingTable(const std::string& table, const std::string& trigger) {
  return "SELECT " + Literal("table '" + table + "' is gone") +
         " || coalesce('; its triggers are on ' || r.name, ''), CASE WHEN "
         "r.name IS NULL THEN 0 ELSE 2 END FROM (SELECT max(s.tbl_name) AS "
         "name FROM sqlite_schema AS s WHERE s.type = 'trigger' AND "
         "lower(s.name) = lower(" +
         Literal(trigger) + ")) AS r WHERE NOT " + IsTable(table);
}

std::string MissingColumns(const std::string& table,
                           const std::vector<std::string>& columns) {
  return "SELECT " + Literal("column '") + " || w.name || " +
         Literal("' of '" + table + "' is gone") + Each(columns) + " WHERE " +
         IsTable(table) + " AND NOT EXISTS (SELECT 1 FROM pragma_table_xinfo(" +
         Literal(table) + ") AS c WHERE lower(c.name) = lower(w.name))";
}

}  // namespace

std::string GoneUnless(const std::string& probe, const std::string& what) {
  return "SELECT " + Literal(what + " is gone") + " WHERE NOT (" + probe + ")";
}

std::string MissingOf(const std::vector<Statement>& created) {
  std::vector<std::string> parts;
  const std::vector<std::string> views = Created(created, "VIEW");
  const std::vector<std::string> triggers = Created(created, "TRIGGER");
  if (!views.empty()) {
    parts.push_back(Lacking("view", views));
    parts.push_back(Unresolved(views));
  }
  if (!triggers.empty()) parts.push_back(Lacking("trigger", triggers));
  // A version of a schema without tables has no views.
  if (parts.empty()) return "SELECT NULL WHERE 0";
  return base::Join(parts, kUnion);
}

std::string MissingOn(const std::string& table,
                      const std::vector<Statement>& created,
                      const std::vector<std::string>& columns) {
  const std::vector<std::string> triggers = Created(created, "TRIGGER");
  std::vector<std::string> parts;
  if (!triggers.empty()) {
    parts.push_back(kSilenced);
  }
  parts.push_back(MissingOf(created));
  if (!columns.empty()) parts.push_back(MissingColumns(table, columns));
  const std::string sql = "SELECT m.what, 0 FROM (SELECT NULL AS what WHERE 0" +
                          std::string(kUnion) + base::Join(parts, kUnion) +
                          ") AS m";
  if (triggers.empty()) return sql;
  return sql + kUnion + MissingTable(table, triggers[0]);
}

Statement RequireOn(const std::string& table,
                    const std::vector<Statement>& created) {
  std::vector<std::string> names;
  for (const std::string& name : Created(created, "TRIGGER")) {
    names.push_back(Literal(base::ToLower(name)));
  }
  return {"SELECT segue_fail(" + Literal("table '" + table + "' is called '") +
              " || s.tbl_name || " +
              Literal("' now: rename it back to '" + table +
                      "', then roll back again") +
              ") FROM sqlite_schema AS s WHERE s.type = 'trigger' AND "
              "lower(s.name) IN (" +
              base::Join(names, ", ") + ") AND lower(s.tbl_name) <> lower(" +
              Literal(table) + ")",
          {}};
}

}  // namespace segue::sqlite
