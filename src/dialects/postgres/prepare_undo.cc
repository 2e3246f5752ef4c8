// Renders what an undo of a sealed contract builds and proves.
#include "dialects/postgres/constraint_body.h"
#include "dialects/postgres/render.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

PlannedAction PrepareIndex(const schema::TableName& table,
                           const schema::Index& index,
                           const RenderContext& context) {
  PlannedAction planned;
  planned.description = "On an undo, build index '" + index.name + "' on '" +
                        table.name + "' without blocking writes";
  std::string absent = "SELECT NOT (" + IndexExists(table, index.name) + ")";
  if (index.unique) {
    const std::string duplicates = DuplicateKeysSql(table, index);
    absent += " AND NOT EXISTS (" + duplicates + ")";
    planned.undo_objections = duplicates;
  }
  planned.undo =
      Patiently({DropConcurrently(table, index.name, "NOT i.indisvalid"),
                 {CreateIndexSql(table, index, true), std::nullopt, absent}},
                context);
  planned.cleanup =
      Patiently({DropConcurrently(table, index.name, "true")}, context);
  planned.lock = Lock(kShareUpdateExclusive, table, context,
                      "as long as the build takes; neither reads nor writes "
                      "are blocked");
  planned.lock.budget = kConcurrentBudgetTime;
  return planned;
}

std::string Unproven(const schema::TableName& table, const std::string& name) {
  return ConstraintExists(table, name, "NOT convalidated");
}

// Adds the constraint where `may` says so, and looks at the rows then.
void ProveAgain(const schema::TableName& table,
                const schema::Constraint& constraint, const std::string& may,
                PlannedAction& planned) {
  const std::string there = ConstraintExists(table, constraint.name);
  planned.undo.push_back(
      {AlterTable(table) + "ADD CONSTRAINT " + Ident(constraint.name) + " " +
           ConstraintBody(table, constraint) + " NOT VALID",
       std::nullopt, "SELECT NOT (" + there + ") AND " + may});
  planned.undo.push_back(
      {AlterTable(table) + "VALIDATE CONSTRAINT " + Ident(constraint.name),
       std::nullopt, Unproven(table, constraint.name)});
  planned.cleanup = {
      {AlterTable(table) + "DROP CONSTRAINT " + Ident(constraint.name),
       std::nullopt, "SELECT (" + there + ")"}};
}

// The check that is not valid yet may be of an undo that was stopped, and rows
// may have come since that break it.
PlannedAction PrepareCheck(const schema::TableName& table,
                           const schema::Constraint& check,
                           const RenderContext& context) {
  const std::string& column = check.columns.at(0);
  PlannedAction planned;
  planned.description = "On an undo, prove that '" + column + "' of '" +
                        table.name + "' has no NULL";
  planned.undo = {{AlterTable(table) + "DROP CONSTRAINT " + Ident(check.name),
                   std::nullopt, Unproven(table, check.name)}};
  ProveAgain(table, check,
             "NOT EXISTS (SELECT FROM " + Name(table) + " WHERE " +
                 Ident(column) + " IS NULL)",
             planned);
  planned.undo_objections = RowsWithNullSql(table, column, column, context);
  planned.lock =
      Lock(kShareUpdateExclusive, table, context,
           "a scan of the table; neither reads nor writes are blocked");
  return planned;
}

// The foreign key over the new columns, which the undo has dropped.
PlannedAction PrepareForeignKey(const schema::TableName& table,
                                const schema::Constraint& key,
                                const RenderContext& context) {
  PlannedAction planned;
  planned.description = "On an undo, add foreign key '" + key.name + "' of '" +
                        table.name + "' again";
  ProveAgain(table, key, "true", planned);
  planned.lock =
      Lock(kShareRowExclusive, table, context,
           "milliseconds; then a scan of the table, which blocks nobody");
  return planned;
}

PlannedAction Prepare(const plan::PrepareUndo& action,
                      const RenderContext& context) {
  if (action.index) return PrepareIndex(action.table, *action.index, context);
  if (action.foreign_key) {
    return PrepareForeignKey(action.table, *action.foreign_key, context);
  }
  return PrepareCheck(action.table, *action.check, context);
}

}  // namespace

PlannedAction RenderOne(const plan::PrepareUndo& action,
                        const RenderContext& context) {
  PlannedAction planned = Prepare(action, context);
  if (!action.asks) planned.undo_objections.clear();
  planned.probe = "SELECT true";
  planned.transactional = false;
  return planned;
}

}  // namespace segue::postgres
