// CREATE, DROP and RENAME TABLE.
#include "base/text.h"
#include "dialects/postgres/render.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/table_text.h"

namespace segue::postgres {
namespace {

// Ordinary and partitioned tables only: a view of the same name is another
// thing.
std::string TableExists(const schema::TableName& table) {
  return "SELECT EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = "
         "to_regclass(" +
         Literal(Name(table)) + ") AND relkind IN ('r', 'p'))";
}

// Nobody can be in the way of a table that is not there yet; those that its
// foreign keys refer to are kept from being written for a moment.
LockNeed LockFor(const schema::Table& table, const RenderContext& context) {
  const std::vector<schema::TableName> referenced = ReferencedTables(table);
  if (referenced.empty()) return {"", "", context.lock_budget, kMilliseconds};
  LockNeed lock = Lock(kShareRowExclusive, referenced.front(), context);
  for (std::size_t i = 1; i < referenced.size(); ++i) {
    lock.object += ", " + referenced[i].ToString();
  }
  return lock;
}

// DROP TABLE locks the table first and then those that it refers to. A client
// that deletes from one of these comes the other way, because the foreign key
// looks into the table: a deadlock, and the client may be the one that fails.
// So these are locked first, where they are still there and we may.
std::vector<Statement> DropSql(const schema::Table& table, const char* drop) {
  std::vector<Statement> sql;
  for (const schema::TableName& referenced : ReferencedTables(table)) {
    sql.push_back(
        {"LOCK TABLE " + Name(referenced) + " IN " + kAccessExclusive + " MODE",
         {},
         "SELECT coalesce(pg_catalog.has_table_privilege(to_regclass(" +
             Literal(Name(referenced)) +
             "), 'UPDATE, DELETE, TRUNCATE'), false)"});
  }
  sql.push_back({drop + Name(table.name), {}});
  return sql;
}

}  // namespace

PlannedAction RenderOne(const plan::CreateTable& action,
                        const RenderContext& context) {
  PlannedAction planned;
  planned.description = "Create table '" + action.table.name.name + "'";
  planned.forward = Statements(CreateTableSql(action.table));
  // Someone who has removed the table already must not block a rollback.
  planned.undo = DropSql(action.table, "DROP TABLE IF EXISTS ");
  planned.probe = TableExists(action.table.name);
  planned.lock = LockFor(action.table, context);
  return planned;
}

// Never CASCADE: what depends on the table makes it fail and names itself.
PlannedAction RenderOne(const plan::DropTable& action,
                        const RenderContext& context) {
  PlannedAction planned;
  planned.description = "Drop table '" + action.table.name.name + "'";
  planned.forward = DropSql(action.table, "DROP TABLE ");
  planned.probe = "SELECT NOT (" + TableExists(action.table.name) + ")";
  planned.lock = Lock(kAccessExclusive, action.table.name, context);
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
  planned.undo.push_back(
      {AlterTable(to) + "RENAME TO " + Ident(action.from.name), {}});
  planned.probe = "SELECT (" + TableExists(to) + ") AND NOT (" +
                  TableExists(action.from) + ")";
  planned.lock = Lock(kAccessExclusive, action.from, context);
  return planned;
}

}  // namespace segue::postgres
