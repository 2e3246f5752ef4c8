#include "segue/migration.h"

#include <utility>

#include "ops/add_column.h"
#include "ops/alter_column.h"
#include "ops/change_primary_key.h"
#include "ops/create_constraint.h"
#include "ops/create_index.h"
#include "ops/create_table.h"
#include "ops/drop_column.h"
#include "ops/drop_constraint.h"
#include "ops/drop_index.h"
#include "ops/drop_table.h"
#include "ops/merge_tables.h"
#include "ops/move_column.h"
#include "ops/partition_table.h"
#include "ops/rebuild_table.h"
#include "ops/rename_column.h"
#include "ops/rename_constraint.h"
#include "ops/rename_table.h"
#include "ops/replace_column.h"
#include "ops/set_replica_identity.h"
#include "ops/split_rows.h"
#include "ops/split_table.h"
#include "ops/sql.h"
#include "ops/unpartition_table.h"

namespace segue {

namespace {

schema::ConstraintKind KindOf(ConstraintType type) {
  switch (type) {
    case ConstraintType::kUnique:
      return schema::ConstraintKind::kUnique;
    case ConstraintType::kCheck:
      return schema::ConstraintKind::kCheck;
    case ConstraintType::kPrimaryKey:
      return schema::ConstraintKind::kPrimaryKey;
    case ConstraintType::kForeignKey:
      return schema::ConstraintKind::kForeignKey;
  }
  return schema::ConstraintKind::kCheck;
}

plan::Partitioning::Method MethodOf(PartitionSpec::Method method) {
  switch (method) {
    case PartitionSpec::Method::kRange:
      return plan::Partitioning::Method::kRange;
    case PartitionSpec::Method::kList:
      return plan::Partitioning::Method::kList;
    case PartitionSpec::Method::kHash:
      return plan::Partitioning::Method::kHash;
  }
  return plan::Partitioning::Method::kRange;
}

schema::Constraint ConstraintOf(const ConstraintSpec& spec) {
  schema::Constraint constraint;
  constraint.name = spec.name;
  constraint.kind = KindOf(spec.type);
  constraint.columns = spec.columns;
  constraint.check = spec.check;
  constraint.reference.table = spec.references_table;
  constraint.reference.columns = spec.references_columns;
  constraint.reference.on_delete = spec.on_delete;
  constraint.reference.on_update = spec.on_update;
  return constraint;
}

}  // namespace

Migration::Migration(std::string id_text, std::string title_text)
    : id(std::move(id_text)), title(std::move(title_text)) {}

Migration& Migration::AddColumn(const std::string& table,
                                const ColumnSpec& column,
                                const std::string& up) {
  ops::AddColumnSpec spec;
  spec.table = table;
  spec.column.name = column.name;
  spec.column.type = column.type;
  spec.column.nullable = column.nullable;
  spec.column.default_sql = column.default_sql;
  spec.up = up;
  operations.push_back(ops::MakeAddColumn(std::move(spec)));
  return *this;
}

Migration& Migration::RenameColumn(const std::string& table,
                                   const std::string& from,
                                   const std::string& to) {
  ops::RenameColumnSpec spec;
  spec.table = table;
  spec.from = from;
  spec.to = to;
  operations.push_back(ops::MakeRenameColumn(std::move(spec)));
  return *this;
}

Migration& Migration::ReplaceColumn(const std::string& table,
                                    const std::string& from,
                                    const std::string& to) {
  operations.push_back(ops::MakeReplaceColumn({table, from, to}));
  return *this;
}

Migration& Migration::AlterColumn(const std::string& table,
                                  const std::string& column,
                                  const ColumnChange& change) {
  ops::AlterColumnSpec spec;
  spec.table = table;
  spec.column = column;
  spec.change = change;
  for (const ConstraintSpec& constraint : change.constraints) {
    spec.constraints.push_back(ConstraintOf(constraint));
    spec.constraints.back().columns = {column};
  }
  operations.push_back(ops::MakeAlterColumn(std::move(spec)));
  return *this;
}

Migration& Migration::DropColumn(const std::string& table,
                                 const std::string& column,
                                 const std::string& down) {
  operations.push_back(ops::MakeDropColumn({table, column, down}));
  return *this;
}

Migration& Migration::CreateIndex(const IndexSpec& index) {
  ops::CreateIndexSpec spec;
  spec.table = index.table;
  spec.index.name = index.name;
  spec.index.unique = index.unique;
  spec.index.predicate = index.predicate;
  spec.replaces = index.replaces;
  for (const std::string& column : index.columns) {
    schema::IndexColumn part;
    part.name = column;
    spec.index.columns.push_back(std::move(part));
  }
  operations.push_back(ops::MakeCreateIndex(std::move(spec)));
  return *this;
}

Migration& Migration::DropIndex(const std::string& name) {
  operations.push_back(ops::MakeDropIndex({name, ""}));
  return *this;
}

Migration& Migration::CreateTable(const std::string& table,
                                  const std::vector<ColumnSpec>& columns,
                                  const std::vector<std::string>& primary_key) {
  ops::CreateTableSpec spec;
  spec.name = table;
  for (const ColumnSpec& column : columns) {
    ops::ColumnDefinition definition;
    definition.column.name = column.name;
    definition.column.type = column.type;
    definition.column.nullable = column.nullable;
    definition.column.default_sql = column.default_sql;
    spec.columns.push_back(std::move(definition));
  }
  if (!primary_key.empty()) {
    schema::Constraint key;
    key.kind = schema::ConstraintKind::kPrimaryKey;
    key.name = table + "_pkey";
    key.columns = primary_key;
    spec.constraints.push_back(std::move(key));
  }
  operations.push_back(ops::MakeCreateTable(std::move(spec)));
  return *this;
}

Migration& Migration::DropTable(const std::string& table) {
  operations.push_back(ops::MakeDropTable({table}));
  return *this;
}

Migration& Migration::RenameTable(const std::string& from,
                                  const std::string& to) {
  operations.push_back(ops::MakeRenameTable({from, to}));
  return *this;
}

Migration& Migration::SplitTable(const std::string& table,
                                 const std::string& to,
                                 const std::vector<std::string>& columns) {
  operations.push_back(ops::MakeSplitTable({table, to, columns, {}}));
  return *this;
}

Migration& Migration::SplitRows(const std::string& table,
                                const std::vector<RowsOfTable>& to) {
  ops::SplitRowsSpec spec;
  spec.table = table;
  for (const RowsOfTable& one : to) spec.to.push_back({one.table, one.where});
  operations.push_back(ops::MakeSplitRows(std::move(spec)));
  return *this;
}

Migration& Migration::MergeTables(const std::vector<PartOfTable>& from,
                                  const std::string& to,
                                  const std::string& column) {
  ops::MergeTablesSpec spec{{}, to, column};
  for (const PartOfTable& part : from) {
    spec.from.push_back({part.table, part.value});
  }
  operations.push_back(ops::MakeMergeTables(std::move(spec)));
  return *this;
}

Migration& Migration::MoveColumn(const ColumnOfTable& from,
                                 const ColumnOfTable& to,
                                 const std::string& refers,
                                 const std::string& key,
                                 const std::string& down) {
  operations.push_back(ops::MakeMoveColumn(
      {{from.table, from.column}, {to.table, to.column}, refers, key, down}));
  return *this;
}

Migration& Migration::CreateConstraint(
    const std::string& table, const ConstraintSpec& constraint,
    const std::map<std::string, std::string>& up,
    const std::map<std::string, std::string>& down) {
  operations.push_back(
      ops::MakeCreateConstraint({table, ConstraintOf(constraint), up, down}));
  return *this;
}

Migration& Migration::DropConstraint(
    const std::string& table, const std::string& name,
    const std::map<std::string, std::string>& up,
    const std::map<std::string, std::string>& down) {
  operations.push_back(
      ops::MakeDropConstraint({"drop_constraint", table, name, up, down}));
  return *this;
}

Migration& Migration::ChangePrimaryKey(const std::string& table,
                                       const std::string& column,
                                       const std::string& type,
                                       const std::string& up,
                                       const std::string& down) {
  operations.push_back(
      ops::MakeChangePrimaryKey({"", table, column, type, up, down}));
  return *this;
}

Migration& Migration::RenameConstraint(const std::string& table,
                                       const std::string& from,
                                       const std::string& to) {
  operations.push_back(ops::MakeRenameConstraint({table, from, to}));
  return *this;
}

Migration& Migration::SetReplicaIdentity(const std::string& table,
                                         const std::string& type,
                                         const std::string& index) {
  operations.push_back(ops::MakeSetReplicaIdentity({table, type, index}));
  return *this;
}

Migration& Migration::RebuildTable(const std::string& table,
                                   const RebuildSpec& how) {
  ops::RebuildTableSpec spec;
  spec.table = table;
  spec.traits.parameters = ops::ParametersOf(how.storage_parameters);
  spec.traits.tablespace = how.tablespace;
  spec.column_order = how.column_order;
  spec.cluster_by = how.cluster_by;
  operations.push_back(ops::MakeRebuildTable(std::move(spec)));
  return *this;
}

Migration& Migration::PartitionTable(const std::string& table,
                                     const PartitionSpec& how) {
  ops::PartitionTableSpec spec;
  spec.table = table;
  spec.how.method = MethodOf(how.method);
  spec.how.columns = how.key;
  for (const PartitionSpec::Part& part : how.parts) {
    spec.how.parts.push_back(
        {part.name, false, part.from, part.to, part.values});
  }
  if (!how.default_part.empty()) {
    spec.how.parts.push_back({how.default_part, true});
  }
  spec.interval = how.interval;
  spec.ahead = how.ahead;
  operations.push_back(ops::MakePartitionTable(std::move(spec)));
  return *this;
}

Migration& Migration::UnpartitionTable(const std::string& table) {
  operations.push_back(ops::MakeUnpartitionTable({table}));
  return *this;
}

Migration& Migration::Sql(const std::string& up, const std::string& down) {
  operations.push_back(ops::MakeSql({up, down, false}));
  return *this;
}

}  // namespace segue
