#include "ops/unpartition_table.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "ops/reader.h"
#include "ops/with_spec.h"
#include "planning/partitioning.h"
#include "planning/table_copy.h"

namespace segue::ops {
namespace {

class UnpartitionTable : public WithSpec<UnpartitionTableSpec> {
 public:
  explicit UnpartitionTable(UnpartitionTableSpec spec)
      : WithSpec(std::move(spec)) {}

  std::string name() const override { return "unpartition_table"; }
  void Plan(PlanContext& context) const override;

 private:
  Error Refused(const std::string& reason) const;
  void RefuseContext(const TableWork& work) const;
  void RefuseSubpartitioned(const TableWork& work) const;
  void RefuseNoWayBack(const TableWork& work) const;
};

std::string NamesOf(const std::vector<schema::TableName>& tables) {
  std::vector<std::string> names;
  for (const schema::TableName& table : tables) {
    names.push_back("'" + table.name + "'");
  }
  return base::Join(names, ", ");
}

Error UnpartitionTable::Refused(const std::string& reason) const {
  return {ErrorKind::kRefused,
          fmt::format("unpartition_table '{}': {}", spec_.table, reason)};
}

void UnpartitionTable::RefuseContext(const TableWork& work) const {
  if (!work.capabilities().partitions) {
    throw Refused(
        fmt::format("{} has no partitioned tables", work.capabilities().name));
  }
  if (work.live().kind != "partitioned table") {
    throw Refused("it has no partitions");
  }
}

void UnpartitionTable::RefuseSubpartitioned(const TableWork& work) const {
  const schema::Table& live = work.live();
  if (live.subpartitioned.empty()) return;
  throw Refused(fmt::format("its partitions {} are partitioned themselves",
                            NamesOf(live.subpartitioned)))
      .WithHint("detach them, or give the table their partitions, first");
}

// An undo gives foreign keys to the partitions first, which have no comments
// and cannot refer to the table that they are parts of. The partitions are told
// by their names within the schema of the table.
void UnpartitionTable::RefuseNoWayBack(const TableWork& work) const {
  if (!work.context().undoable) return;
  std::vector<std::string> reasons;
  const schema::TableName& name = work.live().name;
  for (const schema::Constraint& one : work.live().constraints) {
    if (!RefersTo(one, name)) continue;
    reasons.push_back(
        fmt::format("foreign key '{}' refers to the table itself", one.name));
  }
  for (const schema::TableName& part : work.live().partitions) {
    if (part.schema == name.schema) continue;
    reasons.push_back(
        fmt::format("partition '{}' is in another schema", part.ToString()));
  }
  for (const std::string& reason :
       work.context().Ask(db::CopyQuestion{name, true}).names) {
    // One that publishes the table alone goes along.
    if (!reason.starts_with("publication ")) reasons.push_back(reason);
  }
  if (reasons.empty()) return;
  throw Refused("undo_window: " + base::Join(reasons, "; "))
      .WithHint("use undo_window: 0, with which complete is final");
}

void NotePartitions(TableWork& work) {
  const schema::Table& live = work.live();
  if (!live.partitions.empty()) {
    const std::string names = NamesOf(live.partitions);
    work.Note(Phase::kExpanding,
              fmt::format("partitions {}: their names are gone from the "
                          "contract on, and statements that name one fail",
                          names));
  }
  work.Note(Phase::kExpanding,
            "until the contract, a partition that is made, attached, detached "
            "or dropped refuses it, until a rollback; TRUNCATE of one deletes "
            "its rows from the copy one by one");
}

void NoteKeys(TableWork& work) {
  for (const schema::Index& index : work.live().indexes) {
    if (!index.unique || !index.valid) continue;
    std::vector<std::string> columns;
    for (const schema::IndexColumn& one : index.columns) {
      columns.push_back(one.name.empty() ? one.expression : one.name);
    }
    work.Note(Phase::kExpanding,
              fmt::format("unique index '{}' ({}) stays as it is: to narrow it "
                          "is a migration of its own",
                          index.name, base::Join(columns, ", ")));
  }
}

// A row trigger belongs to each partition until then.
void NoteTriggers(TableWork& work) {
  std::vector<std::string> rows;
  for (const schema::Trigger& trigger : work.live().triggers) {
    if (trigger.definition.find(" FOR EACH ROW") == std::string::npos) continue;
    rows.push_back("'" + trigger.name + "'");
  }
  if (rows.empty()) return;
  work.Note(Phase::kExpanding,
            fmt::format("from the contract on TG_TABLE_NAME and TG_RELID of {} "
                        "are those of the table, and an UPDATE that moved a "
                        "row fires the triggers of UPDATE alone",
                        base::Join(rows, ", ")));
}

void UnpartitionTable::Plan(PlanContext& context) const {
  TableWork work(context, name(), spec_.table);
  RefuseContext(work);
  RefuseSubpartitioned(work);
  RefuseUncopyable(work, true);
  RefuseNoWayBack(work);
  NotePartitions(work);
  NoteKeys(work);
  NoteTriggers(work);
  CopyRequest request;
  request.columns = work.live().ColumnNames();
  schema::Table& shape = work.shape();
  shape.kind = "table";
  shape.partition_key.clear();
  shape.partitions.clear();
  for (schema::Index& index : shape.indexes) index.definition.clear();
  PlanTableCopy(work, request);
}

}  // namespace

NewOperation MakeUnpartitionTable(UnpartitionTableSpec spec) {
  return std::make_shared<UnpartitionTable>(std::move(spec));
}

NewOperation ParseUnpartitionTable(const base::Node& body) {
  const Reader reader(body, {"table"});
  return MakeUnpartitionTable({reader.RequiredString("table")});
}

}  // namespace segue::ops
