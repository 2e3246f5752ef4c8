// Renders CREATE, DROP and RENAME INDEX.
#include <iterator>
#include <utility>

#include "base/text.h"
#include "dialects/postgres/constraint_body.h"
#include "dialects/postgres/constraint_trial.h"
#include "dialects/postgres/gauge.h"
#include "dialects/postgres/missing.h"
#include "dialects/postgres/render.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "plan/names.h"
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
  // The brackets are doubled, because every expression except a function call
  // needs them.
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

}  // namespace

std::string CreateIndexSql(const schema::TableName& table, const Index& index,
                           bool concurrently, const char* only) {
  std::vector<std::string> columns;
  for (const IndexColumn& column : index.columns) {
    columns.push_back(ColumnSql(column));
  }
  std::string sql = std::string("CREATE ") + (index.unique ? "UNIQUE " : "") +
                    "INDEX " + (concurrently ? "CONCURRENTLY " : "") +
                    Ident(index.name) + " ON " + only + Name(table);
  if (!index.method.empty()) sql += " USING " + Ident(index.method);
  sql += " (" + base::Join(columns, ", ") + ")";
  if (!index.include.empty()) {
    sql += " INCLUDE (" + Idents(index.include) + ")";
  }
  if (index.nulls_not_distinct) sql += " NULLS NOT DISTINCT";
  if (!index.storage_parameters.empty()) {
    sql += " WITH (" + index.storage_parameters + ")";
  }
  if (!index.tablespace.empty())
    sql += " TABLESPACE " + Ident(index.tablespace);
  if (!index.predicate.empty()) sql += " WHERE (" + index.predicate + "\n)";
  return sql;
}

std::vector<Statement> Patiently(std::vector<Statement> statements,
                                 const RenderContext& context) {
  const std::string usual = std::to_string(context.lock_budget.count()) + "ms";
  statements.insert(
      statements.begin(),
      {"SET lock_timeout = " + Literal(kConcurrentBudget), std::nullopt});
  statements.push_back({"SET lock_timeout = " + Literal(usual), std::nullopt});
  return statements;
}

Statement DropConcurrently(const schema::TableName& table,
                           const std::string& index,
                           const std::string& condition) {
  return {"DROP INDEX CONCURRENTLY IF EXISTS " + IndexName(table, index),
          std::nullopt, IndexExists(table, index, condition)};
}

namespace {

// The percentage covers the two longest parts, one pass that builds and one
// that checks. The phases of other methods than btree have shorter names.
constexpr const char* kProgressSql = R"sql(
SELECT (CASE
    WHEN p.phase LIKE 'building index: loading%' THEN
      45 + 20 * p.tuples_done / greatest(p.tuples_total, 1)
    WHEN p.phase LIKE 'building index: sorting%' THEN 40
    WHEN p.phase LIKE 'building index%' THEN
      40 * p.blocks_done / greatest(p.blocks_total, 1)
    WHEN p.phase = 'waiting for writers before validation' THEN 65
    WHEN p.phase = 'index validation: scanning index' THEN
      65 + 5 * p.blocks_done / greatest(p.blocks_total, 1)
    WHEN p.phase LIKE 'index validation: sorting%' THEN 70
    WHEN p.phase = 'index validation: scanning table' THEN
      70 + 28 * p.blocks_done / greatest(p.blocks_total, 1)
    WHEN p.phase = 'waiting for old snapshots' THEN 98
    WHEN p.phase LIKE 'waiting for readers%' THEN 99
    ELSE 0 END)::bigint,
  p.phase,
  (SELECT pg_catalog.format('session %s (user %s%s, transaction open for %s s): %s',
      a.pid, coalesce(a.usename, '?'),
      CASE WHEN a.application_name = '' THEN ''
           ELSE ', ' || a.application_name END,
      pg_catalog.round(extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)::numeric, 1),
      pg_catalog.left(pg_catalog.substring(a.query, '^[^''0-9$/-]*'), 200))
   FROM pg_catalog.pg_stat_activity a
   WHERE a.pid = nullif(p.current_locker_pid, 0)
     AND p.phase LIKE 'waiting%')
FROM pg_catalog.pg_stat_progress_create_index p
WHERE p.pid = $1::int)sql";

bool IsThere(const schema::Table& table, const Index& index) {
  for (const IndexColumn& column : index.columns) {
    if (!column.name.empty() && table.FindColumn(column.name) == nullptr) {
      return false;
    }
  }
  return true;
}

// Returns groups of rows that a unique index would refuse. Empty when the
// columns do not exist yet, so that only the build finds such rows.
std::string DuplicatesSql(const plan::CreateIndex& action,
                          const RenderContext& context) {
  const schema::Table* table = context.schema.FindTable(action.table.name);
  // The SQL of a copy names a column that is not there yet.
  if (!action.index.unique || table == nullptr ||
      action.index.name.starts_with(plan::kOurs) ||
      !IsThere(*table, action.index)) {
    return "";
  }
  return DuplicateRowsSql(RowsOfOwn(action.table, context.schema),
                          action.index);
}

// Returns the definition with CONCURRENTLY, and without a tablespace, which the
// server does not print.
std::string Rebuild(const plan::DropIndex& action, bool concurrently) {
  const Index& index = action.index;
  if (index.definition.empty() || !index.tablespace.empty()) {
    return CreateIndexSql(action.table, index, concurrently);
  }
  std::string sql = index.definition;
  const std::string words =
      index.unique ? "CREATE UNIQUE INDEX" : "CREATE INDEX";
  if (concurrently && sql.starts_with(words)) {
    sql.insert(words.size(), " CONCURRENTLY");
  }
  return sql;
}

PlannedAction DropAlone(const plan::DropIndex& action,
                        const RenderContext& context) {
  const std::string& name = action.index.name;
  PlannedAction planned;
  planned.forward = Patiently({DropConcurrently(action.table, name)}, context);
  planned.undo =
      Patiently({DropConcurrently(action.table, name, "NOT i.indisvalid"),
                 {Rebuild(action, true), std::nullopt,
                  "SELECT NOT (" + IndexExists(action.table, name) + ")"}},
                context);
  planned.lock = Lock(kShareUpdateExclusive, action.table, context,
                      "milliseconds; it waits for queries that use the index, "
                      "and blocks none");
  planned.lock.budget = kConcurrentBudgetTime;
  planned.transactional = false;
  planned.usage = ScansSql({action.table.schema, name});
  return planned;
}

// Where no index was built beforehand, which means that the seal did not end,
// it is built under the lock, unless rows are in the way.
std::vector<Statement> BringBack(const plan::DropIndex& action) {
  const schema::TableName& table = action.table;
  const Index& index = action.index;
  std::string absent = "SELECT NOT (" + IndexExists(table, index.name) + ")";
  if (index.unique) {
    absent += " AND NOT EXISTS (" + DuplicateKeysSql(table, index) + ")";
  }
  return {
      {"ALTER INDEX " + IndexName(table, action.back->index) + " RENAME TO " +
           Ident(index.name),
       std::nullopt, IndexExists(table, action.back->index, "i.indisvalid")},
      {Rebuild(action, false), std::nullopt, absent}};
}

bool IsPartitioned(const schema::TableName& name,
                   const RenderContext& context) {
  const schema::Table* table = context.schema.FindTable(name.name);
  return table != nullptr && table->kind == "partitioned table";
}

// The copy of a table goes as a whole. An index of it that a constraint has
// adopted, before an undo of the exchange, goes with it and not by itself.
std::string DroppedAlone(const schema::TableName& table) {
  if (!table.name.starts_with(plan::kOurs)) return "true";
  return "NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid "
         "= i.indexrelid AND k.contype IN ('p', 'u'))";
}

PlannedAction CreateAlone(const plan::CreateIndex& action,
                          const RenderContext& context) {
  const std::string& name = action.index.name;
  PlannedAction planned;
  planned.forward = Patiently(
      Statements({CreateIndexSql(action.table, action.index, true)}), context);
  planned.undo = Patiently(
      {DropConcurrently(action.table, name, DroppedAlone(action.table))},
      context);
  planned.cleanup = Patiently(
      {DropConcurrently(action.table, name, "NOT i.indisvalid")}, context);
  return planned;
}

// Returns the index of one partition, which stays after the build.
std::string PartOf(const std::string& index,
                   const schema::TableName& partition) {
  return base::ShortName(index + "_" + partition.name, 63);
}

Statement AttachPart(const plan::CreateIndex& action,
                     const schema::TableName& partition) {
  const std::string part =
      IndexName(partition, PartOf(action.index.name, partition));
  return {"ALTER INDEX " + IndexName(action.table, action.index.name) +
              " ATTACH PARTITION " + part,
          std::nullopt,
          "SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE "
          "inhrelid = pg_catalog.to_regclass(" +
              Literal(part) + ")::oid)"};
}

// Returns the statement that makes the index of the partitioned table, empty
// and not valid, with its constraint if it has one.
Statement CreateWhole(const plan::CreateIndex& action) {
  const Index& index = action.index;
  if (index.constraint.empty()) {
    return {CreateIndexSql(action.table, index, false, "ONLY "), std::nullopt,
            "SELECT NOT (" + IndexExists(action.table, index.name) + ")"};
  }
  return {
      "ALTER TABLE ONLY " + Name(action.table) + " ADD CONSTRAINT " +
          Ident(index.constraint) + " " +
          ConstraintBody(action.table, ConstraintOf(index)),
      std::nullopt,
      "SELECT NOT (" + ConstraintExists(action.table, index.constraint) + ")"};
}

// The constraint of the whole table takes only indexes that back one, too.
Statement AdoptPart(const plan::CreateIndex& action,
                    const schema::TableName& partition) {
  schema::Constraint constraint = ConstraintOf(action.index);
  constraint.name = PartOf(action.index.name, partition);
  constraint.using_index = constraint.name;
  return {AlterTable(partition) + "ADD CONSTRAINT " + Ident(constraint.name) +
              " " + ConstraintBody(partition, constraint),
          std::nullopt,
          "SELECT NOT (" + ConstraintExists(partition, constraint.name) + ")"};
}

// Also drops what was attached.
Statement DropWhole(const plan::CreateIndex& action) {
  const Index& index = action.index;
  if (index.constraint.empty()) {
    return {"DROP INDEX IF EXISTS " + IndexName(action.table, index.name),
            std::nullopt, IndexExists(action.table, index.name)};
  }
  return {AlterTable(action.table) + "DROP CONSTRAINT IF EXISTS " +
              Ident(index.constraint),
          std::nullopt, ConstraintExists(action.table, index.constraint)};
}

// The server takes an index along that a partition has already, and then builds
// none.
void RefuseSubpartitioned(const plan::CreateIndex& action,
                          const schema::Table& table) {
  if (table.subpartitioned.empty()) return;
  std::vector<std::string> names;
  for (const schema::TableName& partition : table.subpartitioned) {
    names.push_back("'" + partition.ToString() + "'");
  }
  const bool constraint = !action.index.constraint.empty();
  throw Error(ErrorKind::kRefused,
              "partitions of table '" + action.table.name +
                  "' are partitioned themselves: " + base::Join(names, ", "))
      .WithHint(
          std::string("create a like index CONCURRENTLY on each partition that "
                      "holds rows") +
          (constraint ? ", and a constraint of it by ADD CONSTRAINT ... USING "
                        "INDEX"
                      : "") +
          ", under names of their own; then one " +
          (constraint ? "ADD CONSTRAINT" : "CREATE INDEX") + " on '" +
          action.table.name + "' takes them along and builds nothing");
}

// CONCURRENTLY does not exist for a partitioned table. Its index is therefore
// created empty and invalid, and each partition gets an index of its own
// without blocking writes. When the last of them is attached, the whole index
// becomes valid.
PlannedAction CreatePartitioned(const plan::CreateIndex& action,
                                const RenderContext& context) {
  const schema::Table& table = *context.schema.FindTable(action.table.name);
  RefuseSubpartitioned(action, table);
  const bool adopts = !action.index.constraint.empty();
  std::vector<Statement> builds;
  std::vector<Statement> attaches;
  std::vector<Statement> lifts = {DropWhole(action)};
  PlannedAction planned;
  for (const schema::TableName& partition : table.partitions) {
    Index part = action.index;
    part.name = PartOf(action.index.name, partition);
    planned.cleanup.push_back(
        DropConcurrently(partition, part.name, "NOT i.indisvalid"));
    builds.push_back(
        {CreateIndexSql(partition, part, true), std::nullopt,
         "SELECT NOT (" + IndexExists(partition, part.name) + ")"});
    if (adopts) attaches.push_back(AdoptPart(action, partition));
    attaches.push_back(AttachPart(action, partition));
    // The undo drops the indexes that were not attached when the runner died.
    if (adopts) {
      lifts.push_back(
          {AlterTable(partition) + "DROP CONSTRAINT " + Ident(part.name),
           std::nullopt, ConstraintExists(partition, part.name)});
    }
    planned.undo.push_back(DropConcurrently(partition, part.name));
  }
  // What blocks has the usual lock budget.
  planned.forward = Patiently(std::move(builds), context);
  planned.forward.insert(planned.forward.begin(), CreateWhole(action));
  std::move(attaches.begin(), attaches.end(),
            std::back_inserter(planned.forward));
  planned.undo = Patiently(std::move(planned.undo), context);
  planned.undo.insert(planned.undo.begin(), lifts.begin(), lifts.end());
  planned.cleanup = Patiently(std::move(planned.cleanup), context);
  return planned;
}

// Returns the partitions of which the indexes have names that are segue's own
// until the contract. Indexes with other names are not renamed with the index
// of their table.
std::vector<schema::TableName> PartsNamedByUs(const plan::RenameIndex& action,
                                              const RenderContext& context) {
  if (!action.index.name.starts_with(plan::kOurs) ||
      !IsPartitioned(action.table, context)) {
    return {};
  }
  return context.schema.FindTable(action.table.name)->partitions;
}

}  // namespace

PlannedAction RenderOne(const plan::CreateIndex& action,
                        const RenderContext& context) {
  const std::string& name = action.index.name;
  PlannedAction planned = IsPartitioned(action.table, context)
                              ? CreatePartitioned(action, context)
                              : CreateAlone(action, context);
  planned.description = "Build index '" + name + "' on '" + action.table.name +
                        "' without blocking writes";
  planned.probe = IndexExists(action.table, name, "i.indisvalid");
  planned.missing = GoneUnless(
      planned.probe, "index '" + name + "' of '" + action.table.name + "'");
  if (!action.trial) {
    planned.objections = DuplicatesSql(action, context);
  }
  planned.progress = kProgressSql;
  planned.lock = Lock(kShareUpdateExclusive, action.table, context,
                      "as long as the build takes; neither reads nor writes "
                      "are blocked");
  planned.lock.budget = kConcurrentBudgetTime;
  if (IsPartitioned(action.table, context) &&
      !action.index.constraint.empty()) {
    planned.lock = Lock(kAccessExclusive, action.table, context,
                        "milliseconds, before and after the builds, which "
                        "block neither reads nor writes");
  }
  planned.transactional = false;
  planned.trial = ConstraintTrialSql(action.table, action.trial, context);
  return planned;
}

PlannedAction RenderOne(const plan::DropIndex& action,
                        const RenderContext& context) {
  PlannedAction planned;
  if (action.alone && !IsPartitioned(action.table, context)) {
    planned = DropAlone(action, context);
  } else {
    planned.forward = Statements({std::string("DROP INDEX ") +
                                  (action.back ? "IF EXISTS " : "") +
                                  IndexName(action.table, action.index.name)});
    planned.undo =
        action.back ? BringBack(action) : Statements({Rebuild(action, false)});
    planned.lock = Lock(kAccessExclusive, action.table, context);
  }
  planned.reversible = !action.alone;
  planned.description =
      "Drop index '" + action.index.name + "' of '" + action.table.name + "'";
  planned.probe =
      "SELECT NOT (" + IndexExists(action.table, action.index.name) + ")";
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
  for (const schema::TableName& part : PartsNamedByUs(action, context)) {
    const std::string from = PartOf(action.index.name, part);
    const std::string to = PartOf(action.to, part);
    const auto rename_part = [&](const std::string& one,
                                 const std::string& other) {
      return Statement{
          "ALTER INDEX " + IndexName(part, one) + " RENAME TO " + Ident(other),
          std::nullopt, IndexExists(part, one)};
    };
    planned.forward.push_back(rename_part(from, to));
    planned.undo.push_back(rename_part(to, from));
  }
  planned.probe = IndexExists(action.table, action.to);
  planned.lock = Lock(kShareUpdateExclusive,
                      {action.table.schema, action.index.name}, context);
  return planned;
}

}  // namespace segue::postgres
