#include "planning/partitioning.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <utility>

#include "base/text.h"
#include "plan/names.h"
#include "planning/index_move.h"

namespace segue::ops {
namespace {

Error Refused(const TableWork& work, const std::string& reason) {
  return {ErrorKind::kRefused, fmt::format("partition_table '{}': {}",
                                           work.live().name.name, reason)};
}

void RefuseKey(const TableWork& work, const std::string& name) {
  const schema::Column& column = schema::RequireColumn(work.live(), name);
  if (column.nullable) {
    throw Refused(work,
                  fmt::format("column '{}' of the key takes NULL, and a row is "
                              "found in its partition by the values of the key",
                              name))
        .WithHint("make it NOT NULL first");
  }
  if (!column.generated_sql.empty()) {
    throw Refused(work, fmt::format("column '{}' of the key is generated, and "
                                    "{} divides no table by such a one",
                                    name, work.capabilities().name));
  }
}

// A reference of the table to itself would lead to the table as it was.
void RefuseOwnReference(const TableWork& work) {
  const schema::TableName& name = work.live().name;
  for (const schema::Constraint& one : work.live().constraints) {
    if (!RefersTo(one, name)) continue;
    throw Refused(work, fmt::format("foreign key '{}' refers to the table "
                                    "itself",
                                    one.name))
        .WithHint("drop it first, and make it again afterwards");
  }
}

void RefuseMarks(const TableWork& work) {
  const schema::Table& live = work.live();
  if (live.replica_identity == "INDEX") {
    throw Refused(work, fmt::format("index '{}' is its replica identity, which "
                                    "a partitioned table cannot have",
                                    live.replica_identity_index))
        .WithHint("set_replica_identity to DEFAULT or FULL first");
  }
  for (const schema::Index& index : live.indexes) {
    if (!BacksExclusion(live, index)) continue;
    throw Refused(work, fmt::format("exclusion constraint '{}' compares rows "
                                    "of all partitions, which no index does",
                                    index.constraint));
  }
  const db::Answer& answer =
      work.context().Ask(db::CopyQuestion{live.name, true});
  if (answer.names.empty()) return;
  throw Refused(work, base::Join(answer.names, "; "))
      .WithHint("change that first");
}

std::vector<std::string> Missing(const schema::Index& index,
                                 const std::vector<std::string>& key) {
  std::vector<std::string> missing;
  for (const std::string& name : key) {
    const bool has = std::any_of(
        index.columns.begin(), index.columns.end(),
        [&](const schema::IndexColumn& one) { return one.name == name; });
    if (!has) missing.push_back(name);
  }
  return missing;
}

// What other tables refer to has to stay unique over all partitions.
void RefuseReferenced(const TableWork& work, const schema::Index& index,
                      const std::vector<std::string>& missing) {
  if (index.referenced_by.empty()) return;
  throw Refused(
      work,
      fmt::format("'{}' refers to {}, which would be unique only together with "
                  "{}",
                  base::Join(index.referenced_by, "', '"),
                  "'" + index.name + "'", base::Join(missing, ", ")))
      .WithHint(
          "divide the table by hash of that key, or drop the foreign key "
          "first");
}

// An index over all rows does not exist: one of each partition does. It is
// unique over all when it has the columns by which the partitions are told
// apart.
schema::Index Widened(TableWork& work, const schema::Index& index,
                      const std::vector<std::string>& key) {
  const std::vector<std::string> missing = Missing(index, key);
  RefuseReferenced(work, index, missing);
  schema::Index wide = index;
  std::vector<std::string> columns;
  for (const schema::IndexColumn& one : index.columns) {
    columns.push_back(one.name.empty() ? one.expression : one.name);
  }
  const std::string before = base::Join(columns, ", ");
  for (const std::string& name : missing) {
    schema::IndexColumn column;
    column.name = name;
    wide.columns.push_back(std::move(column));
    columns.push_back(name);
    std::erase(wide.include, name);
  }
  wide.definition.clear();
  work.Note(Phase::kExpanding,
            fmt::format("unique index '{}' ({}) becomes ({}): two rows may "
                        "have the same ({}) afterwards, and ON CONFLICT ({}) "
                        "fails",
                        index.name, before, base::Join(columns, ", "), before,
                        before));
  return wide;
}

void WidenConstraint(schema::Table& shape, const schema::Index& wide) {
  for (schema::Constraint& constraint : shape.constraints) {
    if (wide.constraint.empty() || constraint.name != wide.constraint) continue;
    constraint.columns.clear();
    for (const schema::IndexColumn& one : wide.columns) {
      constraint.columns.push_back(one.name);
    }
    constraint.definition.clear();
  }
}

schema::Index HiddenCopy(const TableWork& work, schema::Index index) {
  index.name = plan::IndexCopy(index.name, work.capabilities().max_identifier);
  if (!index.constraint.empty()) index.constraint = index.name;
  index.definition.clear();
  index.referenced_by.clear();
  return index;
}

void PlanIndexes(TableWork& work, plan::Partitioning& how) {
  for (schema::Index& index : work.shape().indexes) {
    if (!index.valid) continue;
    if (index.unique && !Missing(index, how.columns).empty()) {
      index = Widened(work, index, how.columns);
      WidenConstraint(work.shape(), index);
      how.widened.push_back(index.name);
    }
    how.indexes.push_back(HiddenCopy(work, index));
  }
}

void NoteMoves(TableWork& work, const plan::Partitioning& how) {
  const std::string key = base::Join(how.columns, ", ");
  work.Note(Phase::kExpanding,
            fmt::format("afterwards an UPDATE of {} that moves a row to "
                        "another partition fires the triggers of DELETE and "
                        "INSERT, and fails for who has waited for that row",
                        key));
}

// A row trigger belongs to each partition. One that runs before the row is
// stored cannot send it elsewhere.
void NoteTriggers(TableWork& work, const plan::Partitioning& how) {
  std::vector<std::string> rows, before;
  for (const schema::Trigger& trigger : work.live().triggers) {
    const std::string& sql = trigger.definition;
    if (sql.find(" FOR EACH ROW") == std::string::npos) continue;
    rows.push_back("'" + trigger.name + "'");
    if (sql.find(" BEFORE ") != std::string::npos)
      before.push_back(rows.back());
  }
  if (rows.empty()) return;
  work.Note(Phase::kExpanding,
            fmt::format("from the contract on TG_TABLE_NAME and TG_RELID of "
                        "{} are those of a partition",
                        base::Join(rows, ", ")));
  if (before.empty()) return;
  work.Note(
      Phase::kExpanding,
      fmt::format("from the contract on an INSERT fails for which {} "
                  "gives {} a value of another partition",
                  base::Join(before, ", "), base::Join(how.columns, ", ")));
}

}  // namespace

bool RefersTo(const schema::Constraint& constraint,
              const schema::TableName& table) {
  const std::string& to = constraint.reference.table;
  return constraint.kind == schema::ConstraintKind::kForeignKey &&
         (to == table.name || to == table.schema + "." + table.name);
}

bool IsRangeLength(const std::string& text) {
  static const std::regex kForm(
      "[1-9][0-9]{0,17}|[1-9][0-9]{0,3} (year|month|week|day|hour)s?");
  return std::regex_match(text, kForm);
}

plan::Partitioning PlanPartitions(TableWork& work, plan::Partitioning how) {
  for (const std::string& name : how.columns) RefuseKey(work, name);
  RefuseOwnReference(work);
  RefuseMarks(work);
  PlanIndexes(work, how);
  NoteMoves(work, how);
  NoteTriggers(work, how);
  schema::Table& shape = work.shape();
  shape.kind = "partitioned table";
  shape.partition_key = how.columns;
  for (const plan::Partitioning::Part& part : how.parts) {
    shape.partitions.push_back({shape.name.schema, part.name});
  }
  return how;
}

}  // namespace segue::ops
