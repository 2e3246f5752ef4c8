#include "node/schema_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/text.h"
#include "db/dialect.h"
#include "planning/expression.h"
#include "planning/obstacles.h"
#include "segue/error.h"
#include "segue/instances.h"

namespace segue::node {
namespace {

// The title says exactly which columns a migration is about. A restarted node
// makes the title again and compares.
std::string AddTitle(const std::string& table, const std::string& column) {
  return "Add " + base::Quoted(column, '\'') + " to " +
         base::Quoted(table, '\'');
}

std::string MoveTitleStart(const std::string& table, const std::string& from,
                           bool not_null) {
  return "In " + base::Quoted(table, '\'') + " move " +
         base::Quoted(from, '\'') + (not_null ? " (not null)" : "") + " to ";
}

std::string MoveTitle(const std::string& table, const std::string& from,
                      bool not_null, const std::string& to) {
  return MoveTitleStart(table, from, not_null) + base::Quoted(to, '\'');
}

bool Moves(const MigrationStatus& status, const std::string& table,
           const std::string& from, const std::string& to) {
  return status.title == MoveTitle(table, from, true, to) ||
         status.title == MoveTitle(table, from, false, to);
}

bool IsDone(const MigrationStatus& status) {
  return status.phase == Phase::kComplete || status.phase == Phase::kRolledBack;
}

// True when the migration's contract removes this column.
bool Removes(const MigrationStatus& status, const std::string& table,
             const std::string& column) {
  const ColumnName name = {table, column};
  return std::any_of(
      status.steps.begin(), status.steps.end(), [&](const StepStatus& step) {
        return std::count(step.removes.begin(), step.removes.end(), name) > 0;
      });
}

// Returns text for a part of a migration's name, because the name of a column
// may have any characters.
std::string Plain(std::string text) {
  for (char& c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') || c == '_';
    if (!plain) c = '_';
  }
  return base::ShortName(text, 40);
}

void RefuseOurName(const std::string& column) {
  if (!column.starts_with("_segue")) return;
  throw Error(ErrorKind::kRefused,
              "column names that begin with '_segue' are "
              "segue's own: '" +
                  column + "'");
}

std::string SchemaText(const schema::Table& table,
                       const std::optional<MigrationStatus>& status) {
  std::vector<std::string> columns;
  for (const schema::Column& column : table.columns) {
    if (column.name.starts_with("_segue")) continue;
    // NOT NULL may be off as long as both versions are live.
    const bool relaxed = status && !IsDone(*status) &&
                         status->title.starts_with(MoveTitleStart(
                             table.name.name, column.name, true));
    columns.push_back(column.name +
                      (column.nullable && !relaxed ? " NULL" : ""));
  }
  return table.name.name + " (" + base::Join(columns, ", ") + ")";
}

// True for an instance with the version "2" or "v2", or with the migration's
// own name. Any other version is not known to be new.
bool RunsNew(const std::string& version, std::int64_t needed,
             const MigrationStatus& active) {
  if (version == active.id || version == active.version_schema) return true;
  const std::string_view text = version;
  const std::string_view digits = text.starts_with("v") ? text.substr(1) : text;
  std::int64_t number = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() &&
         number >= needed;
}

}  // namespace

schema::Table SchemaSteps::Inspect(const std::string& table) {
  const schema::Schema schema =
      database_.dialect().Inspect(database_.connection(), database_.schema());
  return schema::RequireTable(schema, table);
}

std::optional<MigrationStatus> SchemaSteps::Active() {
  auto status = Migrator(database_, options_).Status();
  if (status && IsDone(*status)) status.reset();
  return status;
}

void SchemaSteps::RefuseActive(
    const std::optional<MigrationStatus>& active) const {
  if (!active) return;
  throw Error(ErrorKind::kRefused,
              fmt::format("migration '{}' is active ({}): contract it or roll "
                          "it back first",
                          active->id, ToString(active->phase)));
}

// Runs the migration under the name that it has in the ledger if an earlier
// attempt has stopped.
Outcome SchemaSteps::Run(const std::optional<MigrationStatus>& active,
                         const std::string& name, Migration migration) {
  Migrator migrator(database_, options_);
  if (active) {
    migration.id = active->id;
  } else {
    std::set<std::string> known;
    for (const HistoryEntry& entry : migrator.History()) {
      if (entry.kind == EventKind::kRolledBack) {
        known.erase(entry.migration);
      } else {
        known.insert(entry.migration);
      }
    }
    migration.id = fmt::format("{:04}_{}", known.size() + 1, name);
  }
  return migrator.Start(migration);
}

void SchemaSteps::Expand(const std::string& table, const std::string& column,
                         const std::string& type) {
  RefuseOurName(column);
  const schema::Table before = Inspect(table);
  const std::string portable = type.empty() ? "TEXT" : type;
  const schema::Column* existing = before.FindColumn(column);
  const auto active = Active();
  const bool unfinished = active && active->title == AddTitle(table, column);
  const bool same =
      existing != nullptr && existing->nullable && !existing->default_sql &&
      ops::SameType(existing->type, database_.dialect().NativeType(portable));
  if (same && !unfinished) return;
  if (!unfinished) RefuseActive(active);
  Migration migration("", AddTitle(table, column));
  migration.AddColumn(table, {column, portable, true, std::nullopt});
  Run(active, "add_" + Plain(column) + "_column", std::move(migration));
}

std::int64_t SchemaSteps::MigrateData(const std::string& table,
                                      const std::string& from,
                                      const std::string& to,
                                      const std::string& type) {
  const auto active = Active();
  const bool same = active && Moves(*active, table, from, to);
  if (same && active->sub_state == SubState::kReady) return active->rows_done;
  const schema::Table before = Inspect(table);
  const schema::Column& old = schema::RequireColumn(before, from);
  if (!same && before.FindColumn(to) == nullptr) {
    // An interrupted expansion of exactly this column continues.
    if (!active || active->title != AddTitle(table, to)) RefuseActive(active);
    const std::vector<std::string> reasons = ops::Obstacles(
        before, old, ops::Fate::kReplaced, database_.dialect().capabilities());
    if (!reasons.empty()) {
      throw Error(ErrorKind::kRefused,
                  fmt::format("column '{}' of '{}' cannot be replaced: {}",
                              from, table, base::Join(reasons, "; ")));
    }
    Expand(table, to, type.empty() ? old.type : type);
  } else if (!same) {
    RefuseActive(active);
  }
  Migration migration("", MoveTitle(table, from, !old.nullable, to));
  if (same) migration.title = active->title;
  migration.ReplaceColumn(table, from, to);
  const Outcome outcome =
      Run(same ? active : std::nullopt,
          "move_" + Plain(from) + "_to_" + Plain(to), std::move(migration));
  return outcome.status.rows_done;
}

// The node counts versions, so it tells by their numbers which instances are
// old; the gate of the contract does not know what these mean.
void SchemaSteps::RefuseOldInstances(const MigrationStatus& active) {
  const std::int64_t needed = Version();
  std::vector<std::string> old;
  for (const InstanceInfo& instance : Instances(database_).List()) {
    if (!instance.live() || RunsNew(instance.version, needed, active)) continue;
    old.push_back(fmt::format("'{}' (version {}, seen {} s ago)", instance.id,
                              instance.version, instance.seen_ago));
  }
  if (old.empty()) return;
  throw Error(ErrorKind::kRefused,
              fmt::format("an instance still runs the old version: {}; "
                          "version {} is needed",
                          base::Join(old, ", "), needed));
}

void SchemaSteps::Contract(const std::string& table,
                           const std::string& column) {
  const schema::Table now = Inspect(table);
  Migrator migrator(database_, options_);
  const auto status = migrator.Status();
  if (status && Removes(*status, table, column)) {
    const bool gone = now.FindColumn(column) == nullptr;
    if (status->phase == Phase::kComplete && gone) return;  // repeated
    if (status->phase == Phase::kContracting) {
      migrator.Complete();
      return;
    }
    if (status->sub_state == SubState::kReady) {
      RefuseOldInstances(*status);
      MigratorOptions options = options_;
      options.accept_unknown.emplace_back("instances");
      Migrator(database_, options).Complete();
      return;
    }
  }
  schema::RequireColumn(now, column);
  throw Error(
      ErrorKind::kRefused,
      status && !IsDone(*status) && !Removes(*status, table, column)
          ? fmt::format("column '{}' of '{}' is not what the active migration "
                        "'{}' replaces",
                        column, table, status->id)
          : fmt::format("column '{}' of '{}' cannot be removed: its data has "
                        "not moved to another column yet (migrate_data)",
                        column, table));
}

std::string SchemaSteps::Rollback() {
  const auto active = Active();
  if (!active) {
    throw Error(ErrorKind::kRefused,
                "there is nothing to roll back: no migration is active");
  }
  Migrator(database_, options_).Rollback();
  return active->id;
}

std::vector<std::string> SchemaSteps::Migrate(std::vector<Migration> files) {
  const MigrateOutcome outcome =
      Migrator(database_, options_).Migrate(std::move(files));
  std::vector<std::string> names;
  for (const Outcome& run : outcome.runs) {
    names.insert(names.end(), run.status.folded.begin(),
                 run.status.folded.end());
    names.push_back(run.status.id);
  }
  return names;
}

std::int64_t SchemaSteps::Version() {
  std::set<std::string> ready;
  std::set<std::string> complete;
  for (const HistoryEntry& entry : Migrator(database_, options_).History()) {
    if (entry.kind == EventKind::kReady) ready.insert(entry.migration);
    if (entry.kind == EventKind::kComplete) complete.insert(entry.migration);
    if (entry.kind == EventKind::kRolledBack) ready.erase(entry.migration);
  }
  return static_cast<std::int64_t>(ready.size() + complete.size());
}

SchemaState SchemaSteps::State(const std::string& table) {
  SchemaState state;
  const schema::Table now = Inspect(table);
  state.status = Migrator(database_, options_).Status();
  state.version = Version();
  state.schema = SchemaText(now, state.status);
  return state;
}

}  // namespace segue::node
