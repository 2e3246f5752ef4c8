#include "dialects/postgres/missing.h"

#include "base/text.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

constexpr const char* kUnion = " UNION ALL ";

// The names as a relation w with one column.
std::string Each(const std::vector<std::string>& names) {
  std::vector<std::string> rows;
  for (const std::string& name : names)
    rows.push_back("(" + Literal(name) + ")");
  return " FROM (VALUES " + base::Join(rows, ", ") + ") w (name)";
}

// Returns an expression for "trigger 'x' of 't' is ", without the last word.
std::string Part(const char* kind, const std::string& of) {
  return Literal(std::string(kind) + " '") + " || w.name || " +
         Literal("' of " + of + " is ");
}

// A table that was renamed has its triggers still, under their names.
std::string MissingTable(const Installed& installed) {
  return "SELECT " + Literal("table '" + installed.table.name + "' is gone") +
         " || coalesce('; its triggers are on ' || r.names, ''), CASE WHEN "
         "r.names IS NULL THEN 0 ELSE 2 END FROM (SELECT "
         "pg_catalog.string_agg(DISTINCT tgrelid::regclass::text, ', ') FROM "
         "pg_catalog.pg_trigger WHERE tgname = " +
         Literal(installed.triggers.at(0)) +
         " AND tgfoid IN (SELECT pg_catalog.to_regproc(w.name)::oid" +
         Each(installed.functions) + ")) r (names) WHERE " +
         Relation(installed.table) + " IS NULL";
}

std::string MissingTriggers(const Installed& installed) {
  const std::string table = Relation(installed.table);
  return "SELECT " + Part("trigger", "'" + installed.table.name + "'") +
         " || CASE WHEN g.off THEN 'disabled' ELSE 'gone' END" +
         Each(installed.triggers) +
         " LEFT JOIN LATERAL (SELECT pg_catalog.bool_or(tgenabled NOT IN ('O', "
         "'A')) AS "
         "off FROM pg_catalog.pg_trigger WHERE tgname = w.name AND (tgrelid "
         "= " +
         table +
         " OR tgrelid IN (SELECT relid::oid FROM "
         "pg_catalog.pg_partition_tree(" +
         table + ")))) g ON true WHERE coalesce(g.off, true) AND " + table +
         " IS NOT NULL";
}

std::string MissingColumns(const Installed& installed) {
  const std::string table = Relation(installed.table);
  return "SELECT " + Part("column", "'" + installed.table.name + "'") +
         " || 'gone'" + Each(installed.columns) + " WHERE " + table +
         " IS NOT NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute "
         "WHERE attrelid = " +
         table + " AND attname = w.name AND NOT attisdropped)";
}

// Triggers of a plain table do not run for the rows of a table that inherits
// from it.
std::string InheritingTables(const Installed& installed) {
  return "SELECT pg_catalog.format('%s inherits from %s, and no trigger runs "
         "for its rows: take it out (ALTER TABLE %s NO INHERIT %s)', h.inhrelid"
         "::regclass, c.oid::regclass, h.inhrelid::regclass, c.oid::regclass)"
         ", 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_inherits h ON "
         "h.inhparent = c.oid WHERE c.relkind = 'r' AND c.oid = " +
         Relation(installed.table);
}

// A rollback drops triggers by their names, and the functions with them.
std::string RenamedTriggers(const Installed& installed) {
  return "SELECT pg_catalog.format('trigger %L of %L has another name than the "
         "migration gave it: rename it back', t.tgname, " +
         Literal(installed.table.name) + "), 2" + Each(installed.functions) +
         " JOIN pg_catalog.pg_trigger t ON t.tgfoid = "
         "pg_catalog.to_regproc(w.name)::oid AND t.tgrelid = " +
         Relation(installed.table) + " AND t.tgname <> ALL (ARRAY[" +
         Literals(installed.triggers) + "]::name[])";
}

// One without the columns is a table like any other.
std::string DetachedPartitions(const Installed& installed) {
  std::vector<std::string> rows;
  for (const schema::TableName& partition : installed.partitions) {
    rows.push_back("(" + Literal(Name(partition)) + ", " +
                   Literal(partition.ToString()) + ")");
  }
  const std::string& column = installed.columns.back();
  return "SELECT 'partition ' || w.shown || " +
         Literal(" of '" + installed.table.name +
                 "' is detached and still has column '" + column +
                 "': attach it again, or drop the columns of this migration "
                 "there") +
         " FROM (VALUES " + base::Join(rows, ", ") +
         ") w (name, shown) JOIN pg_catalog.pg_class c ON c.oid = "
         "pg_catalog.to_regclass(w.name)::oid AND NOT c.relispartition JOIN "
         "pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = " +
         Literal(column) + " AND NOT a.attisdropped";
}

}  // namespace

std::string GoneUnless(const std::string& probe, const std::string& what) {
  return "SELECT " + Literal(what + " is gone") + " WHERE NOT (" + probe + ")";
}

std::string MissingOf(const Installed& installed) {
  std::string sql = MissingTriggers(installed);
  if (!installed.columns.empty()) sql += kUnion + MissingColumns(installed);
  if (!installed.partitions.empty()) {
    sql += kUnion + DetachedPartitions(installed);
  }
  sql += std::string(kUnion) + "SELECT 'function ' || w.name || ' is gone'" +
         Each(installed.functions) +
         " WHERE pg_catalog.to_regproc(w.name) IS NULL";
  return "SELECT g.what, 0 FROM (" + sql + ") g (what)" + kUnion +
         MissingTable(installed) + kUnion + RenamedTriggers(installed) +
         kUnion + InheritingTables(installed);
}

std::string MissingViews(const std::string& version,
                         const std::vector<std::string>& views) {
  const std::string schema =
      "(SELECT 1 FROM pg_catalog.pg_namespace WHERE "
      "nspname = " +
      Literal(version) + ")";
  const std::string sql = "SELECT " +
                          Literal("schema '" + version + "' is gone") +
                          " WHERE NOT EXISTS " + schema;
  if (views.empty()) return sql;
  return sql + kUnion + "SELECT " + Part("view", "version '" + version + "'") +
         " || 'gone'" + Each(views) + " WHERE EXISTS " + schema +
         " AND pg_catalog.to_regclass(pg_catalog.format('%I.%I', " +
         Literal(version) + ", w.name)) IS NULL";
}

}  // namespace segue::postgres
