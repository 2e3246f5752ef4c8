// CREATE, DROP and RENAME INDEX.
#include "base/text.h"
#include "dialects/postgres/render.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

using schema::Index;
using schema::IndexColumn;

std::string IndexName(const schema::TableName& table,
                      const std::string& index) {
  return Name({table.schema, index});
}

std::string ColumnSql(const IndexColumn& column) {
  // Enclosed once more: a function call need not be, other expressions must.
  std::string sql = column.expression.empty() ? Ident(column.name)
                                              : "(" + column.expression + ")";
  if (!column.collation.empty()) {
    sql += " COLLATE " + CollationSql(column.collation);
  }
  if (!column.opclass.empty()) sql += " " + column.opclass;
  if (column.descending) sql += " DESC";
  if (column.nulls_first) {
    sql += *column.nulls_first ? " NULLS FIRST" : " NULLS LAST";
  }
  return sql;
}

std::string CreateSql(const schema::TableName& table, const Index& index,
                      bool concurrently) {
  std::vector<std::string> columns;
  for (const IndexColumn& column : index.columns) {
    columns.push_back(ColumnSql(column));
  }
  std::string sql = std::string("CREATE ") + (index.unique ? "UNIQUE " : "") +
                    "INDEX " + (concurrently ? "CONCURRENTLY " : "") +
                    Ident(index.name) + " ON " + Name(table);
  if (!index.method.empty()) sql += " USING " + Ident(index.method);
  sql += " (" + base::Join(columns, ", ") + ")";
  if (!index.include.empty()) {
    sql += " INCLUDE (" + Idents(index.include) + ")";
  }
  if (index.nulls_not_distinct) sql += " NULLS NOT DISTINCT";
  if (!index.predicate.empty()) sql += " WHERE " + index.predicate;
  return sql;
}

// Statements outside a transaction, with the longer budget around them.
std::vector<Statement> Patiently(const std::string& sql,
                                 const RenderContext& context) {
  const std::string usual = std::to_string(context.lock_budget.count()) + "ms";
  return Statements({"SET lock_timeout = " + Literal(kConcurrentBudget), sql,
                     "SET lock_timeout = " + Literal(usual)});
}

void RefusePartitioned(const plan::CreateIndex& action,
                       const RenderContext& context) {
  const schema::Table* table = context.schema.FindTable(action.table.name);
  if (table == nullptr || table->kind != "partitioned table") return;
  throw Error(ErrorKind::kRefused,
              "PostgreSQL cannot build index '" + action.index.name +
                  "' on the partitioned table '" + action.table.name +
                  "' without blocking its writes")
      .WithHint(
          "build one on each partition concurrently and attach them, then "
          "run the migration without the index");
}

}  // namespace

PlannedAction RenderOne(const plan::CreateIndex& action,
                        const RenderContext& context) {
  RefusePartitioned(action, context);
  const std::string drop = "DROP INDEX CONCURRENTLY IF EXISTS " +
                           IndexName(action.table, action.index.name);
  PlannedAction planned;
  planned.description = "Build index '" + action.index.name + "' on '" +
                        action.table.name + "' without blocking writes";
  planned.forward =
      Patiently(CreateSql(action.table, action.index, true), context);
  planned.undo = Patiently(drop, context);
  planned.cleanup = Patiently(drop, context);
  planned.probe = IndexExists(action.table, action.index.name, "i.indisvalid");
  planned.lock = Lock(kShareUpdateExclusive, action.table, context,
                      "as long as the build takes; neither reads nor writes "
                      "are blocked");
  planned.lock.budget = kConcurrentBudgetTime;
  planned.transactional = false;
  return planned;
}

PlannedAction RenderOne(const plan::DropIndex& action,
                        const RenderContext& context) {
  PlannedAction planned;
  planned.description =
      "Drop index '" + action.index.name + "' of '" + action.table.name + "'";
  planned.forward.push_back(
      {"DROP INDEX " + IndexName(action.table, action.index.name), {}});
  planned.undo.push_back({action.index.definition.empty()
                              ? CreateSql(action.table, action.index, false)
                              : action.index.definition,
                          {}});
  planned.probe =
      "SELECT NOT (" + IndexExists(action.table, action.index.name) + ")";
  planned.lock = Lock(kAccessExclusive, action.table, context);
  return planned;
}

PlannedAction RenderOne(const plan::RenameIndex& action,
                        const RenderContext& context) {
  const auto rename = [&](const std::string& from, const std::string& to) {
    return "ALTER INDEX " + IndexName(action.table, from) + " RENAME TO " +
           Ident(to);
  };
  PlannedAction planned;
  planned.description = "Rename index '" + action.index.name + "' of '" +
                        action.table.name + "' to '" + action.to + "'";
  planned.forward.push_back({rename(action.index.name, action.to), {}});
  planned.undo.push_back({rename(action.to, action.index.name), {}});
  planned.probe = IndexExists(action.table, action.to);
  planned.lock = Lock(kShareUpdateExclusive,
                      {action.table.schema, action.index.name}, context);
  return planned;
}

}  // namespace segue::postgres
