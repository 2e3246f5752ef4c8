#include "planning/table_work.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace segue::ops {
namespace {

schema::Table& Reachable(PlanContext& context, const std::string& operation,
                         const std::string& table) {
  // When the table has the old name of a renamed one, the renamed table is not
  // meant.
  if (context.schema.FindTable(table) == nullptr) {
    context.claims.RequireReachable(operation, table);
  }
  return schema::RequireTable(context.schema, table);
}

void RequireReached(const std::string& operation, const schema::Table& table,
                    Reach reach) {
  if (table.kind == "table" || table.kind == "partitioned table") return;
  const auto refused = [&](const std::string& reason) {
    return Error(ErrorKind::kRefused, fmt::format("{} on '{}': {}", operation,
                                                  table.shown(), reason));
  };
  if (table.kind != "partition") {
    throw refused(fmt::format("it is a {}, not a table", table.kind));
  }
  if (reach == Reach::kWholeTables) {
    throw refused(fmt::format("it is a partition, whose columns are those of "
                              "'{}'",
                              table.parent.ToString()))
        .WithHint("change the parent table");
  }
  if (table.partition_key.empty()) return;
  throw refused("it is a partition that is partitioned itself")
      .WithHint("change its partitions, or the parent table");
}

void RefuseForeignPartitions(const std::string& operation,
                             const schema::Table& table) {
  if (table.foreign_partitions.empty()) return;
  std::vector<std::string> names;
  for (const schema::TableName& partition : table.foreign_partitions) {
    names.push_back("'" + partition.ToString() + "'");
  }
  throw Error(ErrorKind::kRefused,
              fmt::format("{} on table '{}': its partitions {} are foreign "
                          "tables, whose rows and columns are on another "
                          "server",
                          operation, table.name.name, base::Join(names, ", ")))
      .WithHint(
          "detach them first, change their tables on their own server, and "
          "attach them again afterwards");
}

}  // namespace

TableWork::TableWork(PlanContext& context, const std::string& operation,
                     const std::string& table, Reach reach)
    : context_(context),
      operation_(operation),
      shape_(Reachable(context, operation, table)),
      live_(context.claims.Live(shape_)) {
  context_.claims.Begin(operation);
  context_.claims.WorkOn(operation, live_.name.name, !versioned());
  for (const Place place :
       {Place(Phase::kExpanding), Place(Phase::kMigrating), kSeal, kDrop}) {
    steps_.push_back({place, {}, {}, {}});
  }
  RequireReached(operation, shape_, reach);
  RefuseRelatives();
  if (reach != Reach::kForeignToo) RefuseForeignPartitions(operation, live_);
}

// What is done to the one is done to the other as well.
void TableWork::RefuseRelatives() const {
  std::vector<schema::TableName> relatives = live_.partitions;
  if (!live_.parent.name.empty()) relatives.push_back(live_.parent);
  for (const schema::TableName& relative : relatives) {
    const std::vector<std::string> workers =
        context_.claims.Workers(relative.name);
    if (workers.empty()) continue;
    throw Error(ErrorKind::kRefused,
                fmt::format("{} on '{}': an earlier {} of this migration works "
                            "on '{}', and one of them is a partition of the "
                            "other",
                            operation_, live_.name.name, workers.front(),
                            relative.name))
        .WithHint("split it into two migrations");
  }
}

bool TableWork::creates() const {
  return context_.claims.HasFate(live_.name.name, TableFate::kCreated);
}

schema::Column TableWork::Take(const std::string& column, Use use) {
  // The column is claimed first, because an error about an earlier operation
  // that has renamed it says more than "no such column".
  if (live_.FindColumn(column) != nullptr) {
    context_.claims.TakeColumn(live_.name.name, column, use);
  }
  schema::Column found = schema::RequireColumn(shape_, column);
  context_.claims.TakeColumn(live_.name.name, column, use);
  return found;
}

void TableWork::TakeFreeName(const std::string& column, Use use) {
  RefuseFixedColumns();
  const std::vector<std::string>& system = capabilities().system_columns;
  if (std::find(system.begin(), system.end(), column) != system.end()) {
    throw Refused(column, "every table has a system column of this name");
  }
  const std::size_t limit = capabilities().max_identifier;
  if (column.size() > limit) {
    throw Refused(column,
                  fmt::format("the name is longer than {} bytes", limit));
  }
  context_.claims.TakeColumn(live_.name.name, column, use);
  const bool taken = shape_.FindColumn(column) != nullptr ||
                     live_.FindColumn(column) != nullptr;
  if (!taken) return;
  throw Refused(column, "a column of this name exists already");
}

void TableWork::TakeIndex(const std::string& index, Use use) {
  context_.claims.TakeIndex(live_.name.name, index, use);
}

void TableWork::TakeReferences(const std::string& sql, const std::string& own) {
  std::vector<std::string> names = live_.ColumnNames();
  for (const std::string& name : context_.claims.Columns(live_.name.name)) {
    if (live_.FindColumn(name) == nullptr) names.push_back(name);
  }
  for (const std::string& name : schema::ReferencedColumns(sql, names)) {
    if (name == own) continue;
    context_.claims.TakeColumn(live_.name.name, name, Use::kReads);
  }
}

// The database gives the table each column of its type or its parent, under its
// name.
void TableWork::RefuseFixedColumns() const {
  if (of_partition()) {
    throw Error(
        ErrorKind::kRefused,
        fmt::format("{} on '{}': its columns are those of '{}', and "
                    "none can be added, renamed or replaced in one "
                    "partition",
                    operation_, live_.name.name, live_.parent.ToString()))
        .WithHint("change the parent table");
  }
  if (live_.of_type.empty()) return;
  throw Error(ErrorKind::kRefused,
              fmt::format("{} on table '{}': its columns are those of type "
                          "'{}', and none can be added, renamed or dropped",
                          operation_, live_.name.name, live_.of_type))
      .WithHint("detach the table from the type first");
}

void TableWork::RefuseInherited() const {
  for (const schema::Dependent& dependent : live_.dependents) {
    if (dependent.kind != "inheriting table") continue;
    throw Error(ErrorKind::kRefused,
                fmt::format("{} on table '{}': table '{}' inherits from it, "
                            "and no trigger of '{}' runs for its rows",
                            operation_, live_.name.name, dependent.ToString(),
                            live_.name.name))
        .WithHint("end the inheritance first, or make the table partitioned");
  }
}

void TableWork::RefuseWholeRows() const {
  if (creates()) return;
  for (const schema::Dependent& dependent : live_.dependents) {
    if (dependent.kind != "trigger function of whole rows") continue;
    throw Error(ErrorKind::kRefused,
                fmt::format("{} on table '{}': trigger function '{}' takes "
                            "whole rows apart (as OLD.*) or compares them with "
                            "a row of a fixed shape, which fails once they "
                            "have another column",
                            operation_, live_.name.name, dependent.ToString()))
        .WithHint(
            "let the function name its columns, or take the row as a whole, as "
            "to_jsonb(OLD) does");
  }
}

void TableWork::CountAddedColumn() {
  RefuseFixedColumns();
  RefuseWholeRows();
  const int limit = capabilities().max_columns;
  if (limit == 0 || shape_.columns_had == 0) return;
  if (++shape_.columns_had <= limit) return;
  throw Error(ErrorKind::kRefused,
              fmt::format("{} on table '{}': the table has had too many "
                          "columns (the limit is {}, dropped ones count)",
                          operation_, live_.name.name, limit))
      .WithHint("rebuild the table first");
}

DraftStep& TableWork::step(Place place) {
  for (DraftStep& step : steps_) {
    if (step.place == place) return step;
  }
  throw Error(ErrorKind::kInternal, "an operation has no steps in this place");
}

void TableWork::Describe(Place place, std::string description) {
  step(place).description = std::move(description);
}

std::string DropText(const std::string& table, const std::string& column) {
  return fmt::format("Drop old column '{}' from '{}'", column, table);
}

void TableWork::DescribeRemoval(const std::string& table,
                                const std::string& column) {
  Describe(kDrop, DropText(table, column));
  step(kDrop).removes.push_back({table, column});
}

void TableWork::Add(Place place, plan::Action action) {
  step(place).actions.push_back(std::move(action));
}

TableWork::Together::Together(TableWork& work, Place place)
    : work_(work), place_(place), begin_(work.step(place).actions.size()) {}

TableWork::Together::~Together() {
  DraftStep& step = work_.step(place_);
  const AtomicRun run{begin_, step.actions.size()};
  if (run.end - run.begin < 2) return;
  while (!step.atomic.empty() && step.atomic.back().begin >= run.begin) {
    step.atomic.pop_back();
  }
  step.atomic.push_back(run);
}

void TableWork::Note(Place place, std::string note) {
  step(place).notes.push_back(std::move(note));
}

void TableWork::Finish() {
  for (DraftStep& step : steps_) {
    if (step.description.empty() && step.actions.empty()) continue;
    context_.steps.push_back(std::move(step));
  }
  steps_.clear();
}

Error TableWork::Refused(const std::string& column,
                         const std::string& reason) const {
  return {ErrorKind::kRefused,
          fmt::format("{} '{}' of table '{}': {}", operation_, column,
                      live_.name.name, reason)};
}

}  // namespace segue::ops
