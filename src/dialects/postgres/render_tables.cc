// Renders CREATE, DROP and RENAME TABLE.
#include "base/text.h"
#include "dialects/postgres/holders.h"
#include "dialects/postgres/missing.h"
#include "dialects/postgres/render.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"
#include "dialects/postgres/table_text.h"
#include "plan/names.h"

namespace segue::postgres {
namespace {

// The probe counts ordinary and partitioned tables only, because a view of the
// same name is something else.
std::string TableExists(const schema::TableName& table) {
  return "SELECT EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = "
         "pg_catalog.to_regclass(" +
         Literal(Name(table)) + ")::oid AND relkind IN ('r', 'p'))";
}

// Nobody can hold a lock on a table that does not exist yet. The tables to
// which its foreign keys refer are locked against writes for a moment.
LockNeed LockFor(const schema::Table& table, const RenderContext& context) {
  const std::vector<schema::TableName> referenced = ReferencedTables(table);
  if (referenced.empty()) return {"", "", context.lock_budget, kMilliseconds};
  LockNeed lock = Lock(kShareRowExclusive, referenced.front(), context);
  for (std::size_t i = 1; i < referenced.size(); ++i) {
    lock.object += ", " + referenced[i].ToString();
  }
  return lock;
}

// DROP TABLE locks the table first and then the tables that it refers to. A
// client that deletes from one of those locks them in the other order, because
// the foreign key reads the table. That is a deadlock, in which the client may
// be the one that fails. These tables are therefore locked first, if they still
// exist and the role may lock them.
std::vector<Statement> DropSql(const schema::Table& table, const char* drop) {
  std::vector<Statement> sql;
  for (const schema::TableName& referenced : ReferencedTables(table)) {
    sql.push_back(
        {"LOCK TABLE " + Name(referenced) + " IN " + kAccessExclusive + " MODE",
         {},
         "SELECT "
         "coalesce(pg_catalog.has_table_privilege(pg_catalog.to_regclass(" +
             Literal(Name(referenced)) +
             "), 'UPDATE, DELETE, TRUNCATE'), false)"});
  }
  sql.push_back({drop + Name(table.name), {}});
  return sql;
}

// Constraints of NOT NULL have names since this version.
constexpr int kNamesNotNull = 18;

// A hidden table had another name when the server named these.
std::string NameNotNulls(const schema::TableName& table) {
  return "DO " +
         DollarQuoted(
             "DECLARE c record; BEGIN FOR c IN SELECT x.conname, a.attname "
             "FROM pg_catalog.pg_constraint x JOIN pg_catalog.pg_attribute a "
             "ON a.attrelid = x.conrelid AND a.attnum = ANY (x.conkey) WHERE "
             "x.conrelid = " +
             Regclass(table) +
             "::oid AND x.contype = 'n' AND pg_catalog.starts_with("
             "x.conname::text, " +
             Literal(plan::kOurs) +
             ") LOOP EXECUTE pg_catalog.format('ALTER TABLE %s RENAME "
             "CONSTRAINT %I TO %I', " +
             Literal(Name(table)) + ", c.conname, pg_catalog.concat(" +
             Literal(table.name + "_") +
             ", c.attname, '_not_null')::name); END LOOP; END");
}

}  // namespace

PlannedAction RenderOne(const plan::CreateTable& action,
                        const RenderContext& context) {
  PlannedAction planned;
  planned.description = "Create table '" + action.table.name.name + "'";
  planned.forward = Statements(CreateTableSql(action.table));
  // A rollback must not fail because somebody has removed the table already.
  planned.undo = DropSql(action.table, "DROP TABLE IF EXISTS ");
  planned.probe = TableExists(action.table.name);
  planned.missing =
      GoneUnless(planned.probe, "table '" + action.table.name.name + "'");
  planned.holders = RelationHolders(action.table.name, "table");
  planned.lock = LockFor(action.table, context);
  return planned;
}

// The drop never has CASCADE: an object that depends on the table makes the
// drop fail, and the error names it.
PlannedAction RenderOne(const plan::DropTable& action,
                        const RenderContext& context) {
  PlannedAction planned;
  planned.description = "Drop table '" + action.table.name.name + "'";
  planned.forward = DropSql(action.table, "DROP TABLE ");
  planned.probe = "SELECT NOT (" + TableExists(action.table.name) + ")";
  planned.lock = Lock(kAccessExclusive, action.table.name, context);
  // The drop of a partition locks its parent first.
  if (!action.table.parent.name.empty()) {
    planned.lock.object += ", " + action.table.parent.ToString();
  }
  planned.reversible = false;
  return planned;
}

PlannedAction RenderOne(const plan::RenameTable& action,
                        const RenderContext& context) {
  const schema::TableName to = {action.from.schema, action.to};
  PlannedAction planned;
  planned.description =
      "Rename table '" + action.from.name + "' to '" + action.to + "'";
  planned.forward.push_back(
      {AlterTable(action.from) + "RENAME TO " + Ident(to.name), {}});
  const bool named =
      MajorVersion(context.schema.server_version) >= kNamesNotNull;
  if (named && action.from.name.starts_with(plan::kOurs)) {
    planned.forward.push_back({NameNotNulls(to), {}});
  }
  planned.undo.push_back(
      {AlterTable(to) + "RENAME TO " + Ident(action.from.name), {}});
  planned.probe = "SELECT (" + TableExists(to) + ") AND NOT (" +
                  TableExists(action.from) + ")";
  planned.lock = Lock(kAccessExclusive, action.from, context);
  return planned;
}

}  // namespace segue::postgres
