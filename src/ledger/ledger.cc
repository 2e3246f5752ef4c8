#include "ledger/ledger.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/clock.h"
#include "base/text.h"
#include "base/version.h"
#include "ledger/layout.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

using db::Connection;
using db::Value;

constexpr const char* kMigrationColumns =
    "id, title, checksum, source, phase, sub_state, plan, started_at, "
    "updated_at, error, folded_into";

std::string Now() { return base::FormatUtc(base::SystemClock().WallTime()); }

std::string Text(const Value& value) { return db::ToText(value); }

const std::array<std::pair<ActionState, const char*>, 4> kStates = {{
    {ActionState::kPending, "pending"},
    {ActionState::kRunning, "running"},
    {ActionState::kDone, "done"},
    {ActionState::kUndone, "undone"},
}};

const char* ToString(ActionState state) {
  for (const auto& [value, text] : kStates) {
    if (value == state) return text;
  }
  throw Error(ErrorKind::kInternal, "unknown action state");
}

MigrationRow ToMigration(const db::Row& row) {
  MigrationRow migration;
  migration.id = Text(row[0]);
  migration.title = Text(row[1]);
  migration.checksum = Text(row[2]);
  migration.source = Text(row[3]);
  migration.phase = PhaseFromString(Text(row[4]));
  migration.sub_state = SubStateFromString(Text(row[5]));
  migration.plan = PlanFromJson(Text(row[6]));
  migration.started_at = Text(row[7]);
  migration.updated_at = Text(row[8]);
  migration.error = Text(row[9]);
  migration.folded_into = Text(row[10]);
  return migration;
}

}  // namespace

ActionState ActionStateFromString(const std::string& text) {
  for (const auto& [value, name] : kStates) {
    if (text == name) return value;
  }
  throw Error(ErrorKind::kCorrupt,
              "the ledger has an action in the unknown state '" + text + "'");
}

Ledger::Ledger(const db::Dialect& dialect, std::string schema_name,
               std::string who, std::chrono::seconds lease)
    : dialect_(dialect),
      schema_name_(std::move(schema_name)),
      who_(std::move(who)),
      lease_(lease) {}

std::string Ledger::TableNamed(const std::string& table) const {
  return dialect_.capabilities().ledger_prefix + table;
}

void Ledger::Install(Connection& connection) const {
  LedgerLayout(dialect_).Install(connection);
}

bool Ledger::Open(Connection& connection, db::LedgerUse use) const {
  return LedgerLayout(dialect_).Open(connection, use);
}

std::optional<MigrationRow> Ledger::LoadWhere(
    Connection& connection, const std::string& condition,
    const std::vector<Value>& more) const {
  std::vector<Value> parameters = {schema_name_};
  parameters.insert(parameters.end(), more.begin(), more.end());
  const db::Result found = connection.Execute(
      std::string("SELECT ") + kMigrationColumns + " FROM " +
          TableNamed("migration") + " WHERE schema_name = $1 " + condition,
      parameters);
  if (found.rows.empty()) return std::nullopt;
  return ToMigration(found.rows[0]);
}

std::optional<MigrationRow> Ledger::Load(Connection& connection,
                                         const std::string& id) const {
  return LoadWhere(connection, "AND id = $2", {id});
}

std::optional<MigrationRow> Ledger::Active(Connection& connection) const {
  return LoadWhere(connection,
                   "AND folded_into = ''"
                   " AND phase NOT IN ('COMPLETE', 'ROLLED_BACK') "
                   "ORDER BY started_at LIMIT 1",
                   {});
}

std::optional<MigrationRow> Ledger::Newest(Connection& connection) const {
  return LoadWhere(connection,
                   "AND folded_into = ''"
                   " ORDER BY updated_at DESC, started_at DESC LIMIT 1",
                   {});
}

std::vector<std::string> Ledger::Folded(Connection& connection,
                                        const std::string& id) const {
  const db::Result found =
      connection.Execute("SELECT id FROM " + TableNamed("migration") +
                             " WHERE schema_name = $1 AND folded_into = $2",
                         {schema_name_, id});
  std::vector<std::string> ids;
  for (const db::Row& row : found.rows) ids.push_back(Text(row[0]));
  std::sort(ids.begin(), ids.end(), base::NumberedLess);
  return ids;
}

void Ledger::Create(Connection& connection, const MigrationRow& row) const {
  for (const char* table : {"action", "motion", "range", "observation"}) {
    connection.Execute("DELETE FROM " + TableNamed(table) +
                           " WHERE schema_name = $1 AND migration = $2",
                       {schema_name_, row.id});
  }
  connection.Execute("DELETE FROM " + TableNamed("migration") +
                         " WHERE schema_name = $1 AND id = $2",
                     {schema_name_, row.id});
  // Migrations that were folded into an earlier attempt, and rolled back with
  // it, are independent again.
  connection.Execute("UPDATE " + TableNamed("migration") +
                         " SET folded_into = '' WHERE schema_name = $1"
                         " AND folded_into = $2 AND phase = 'ROLLED_BACK'",
                     {schema_name_, row.id});
  const std::string now = Now();
  connection.Execute(
      "INSERT INTO " + TableNamed("migration") +
          " (schema_name, id, title, checksum, source, phase, sub_state, plan,"
          " started_at, updated_at, error, folded_into)"
          " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', $11)",
      {schema_name_, row.id, row.title, row.checksum, row.source,
       std::string(segue::ToString(row.phase)),
       std::string(segue::ToString(row.sub_state)), ToJson(row.plan), now, now,
       row.folded_into});
}

void Ledger::SetPhase(Connection& connection, const std::string& id,
                      Phase phase, SubState sub_state) const {
  connection.Execute(
      "UPDATE " + TableNamed("migration") +
          " SET phase = $1, sub_state = $2, updated_at = $3"
          " WHERE schema_name = $4"
          " AND (id = $5 OR folded_into = $6)",
      {std::string(segue::ToString(phase)),
       std::string(segue::ToString(sub_state)), Now(), schema_name_, id, id});
}

void Ledger::SetError(Connection& connection, const std::string& id,
                      const std::string& error) const {
  connection.Execute("UPDATE " + TableNamed("migration") +
                         " SET error = $1, updated_at = $2"
                         " WHERE schema_name = $3 AND id = $4",
                     {error, Now(), schema_name_, id});
}

ActionState Ledger::StateOf(Connection& connection, const std::string& id,
                            int step, int action) const {
  const db::Result found = connection.Execute(
      "SELECT state FROM " + TableNamed("action") +
          " WHERE schema_name = $1 AND migration = $2 AND step = $3"
          " AND action = $4",
      {schema_name_, id, std::int64_t{step}, std::int64_t{action}});
  if (found.rows.empty()) return ActionState::kPending;
  return ActionStateFromString(Text(found.rows[0][0]));
}

void Ledger::SetState(Connection& connection, const std::string& id, int step,
                      int action, ActionState state) const {
  const std::int64_t attempt = state == ActionState::kRunning ? 1 : 0;
  db::Put(connection, dialect_,
          {TableNamed("action"),
           {{"schema_name", schema_name_},
            {"migration", id},
            {"step", std::int64_t{step}},
            {"action", std::int64_t{action}}},
           {{"state", std::string(ToString(state))},
            {"attempts", attempt, db::Upsert::IfThere::kAdd},
            {"changed_at", Now()}}});
}

void Ledger::LoadStates(Connection& connection, const std::string& id,
                        Plan& plan) const {
  const db::Result found = connection.Execute(
      "SELECT step, state FROM " + TableNamed("action") +
          " WHERE schema_name = $1 AND migration = $2 AND action = $3",
      {schema_name_, id, std::int64_t{kWholeStep}});
  for (const db::Row& row : found.rows) {
    const auto index = static_cast<std::size_t>(db::ToInt(row[0]));
    if (index >= plan.steps.size()) continue;
    const ActionState state = ActionStateFromString(Text(row[1]));
    Step& step = plan.steps[index];
    step.rolled_back = state == ActionState::kUndone;
    step.executed = state == ActionState::kDone || step.rolled_back;
  }
}

void Ledger::AddEvent(Connection& connection, const std::string& id,
                      EventKind kind, const std::string& message) const {
  connection.Execute(
      "INSERT INTO " + TableNamed("event") +
          " (schema_name, migration, at, phase, message, who, host, tool)"
          " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      {schema_name_, id, Now(), std::string(segue::ToString(kind)), message,
       who_, HostName(), std::string(base::Version())});
}

std::vector<HistoryEntry> Ledger::Events(Connection& connection,
                                         const std::string& id) const {
  db::Sql sql(
      "SELECT id, at, migration, phase, message, who, host, tool FROM " +
      TableNamed("event") + " WHERE schema_name = ");
  sql.Bind(schema_name_);
  if (!id.empty()) sql.Text(" AND migration = ").Bind(id);
  const db::Result found = sql.Text(" ORDER BY id").Execute(connection);
  std::vector<HistoryEntry> entries;
  for (const db::Row& row : found.rows) {
    entries.push_back({db::ToInt(row[0]), Text(row[1]), Text(row[2]),
                       EventKindFromString(Text(row[3])), Text(row[4]),
                       Text(row[5]), Text(row[6]), Text(row[7])});
  }
  return entries;
}

std::optional<MotionRow> Ledger::LoadMotion(Connection& connection,
                                            const std::string& id,
                                            const std::string& motion,
                                            const std::string& activity) const {
  const db::Result found = connection.Execute(
      "SELECT moved, total, rate, done FROM " + TableNamed("motion") +
          " WHERE schema_name = $1 AND migration = $2 AND motion = $3"
          " AND activity = $4",
      {schema_name_, id, motion, activity});
  if (found.rows.empty()) return std::nullopt;
  const db::Row& row = found.rows[0];
  return MotionRow{db::ToInt(row[0]), db::ToInt(row[1]),
                   static_cast<double>(db::ToInt(row[2])),
                   db::ToInt(row[3]) != 0};
}

void Ledger::SaveMotion(Connection& connection, const std::string& id,
                        const std::string& motion, const std::string& activity,
                        const MotionRow& row) const {
  db::Put(connection, dialect_,
          {TableNamed("motion"),
           {{"schema_name", schema_name_},
            {"migration", id},
            {"motion", motion},
            {"activity", activity}},
           // Layouts up to 4 kept what observations are now in this column.
           {{"position", "[]"},
            {"moved", row.rows},
            {"total", row.total},
            {"rate", static_cast<std::int64_t>(row.rate)},
            {"done", std::int64_t{row.done ? 1 : 0}},
            {"changed_at", Now()}}});
}

void Ledger::ForgetMotion(Connection& connection, const std::string& id,
                          const std::string& motion,
                          const std::string& activity) const {
  for (const char* table : {"motion", "range"}) {
    connection.Execute("DELETE FROM " + TableNamed(table) +
                           " WHERE schema_name = $1 AND migration = $2"
                           " AND motion = $3 AND activity = $4",
                       {schema_name_, id, motion, activity});
  }
}

void Ledger::ForgetStep(Connection& connection, const std::string& id,
                        int step) const {
  connection.Execute("DELETE FROM " + TableNamed("action") +
                         " WHERE schema_name = $1 AND migration = $2"
                         " AND step = $3",
                     {schema_name_, id, std::int64_t{step}});
}

std::string HostName() {
  std::array<char, 256> buffer{};
  if (gethostname(buffer.data(), buffer.size() - 1) != 0) return "unknown";
  return buffer.data();
}

std::string SystemUser() {
  const passwd* entry = getpwuid(geteuid());
  return entry != nullptr ? entry->pw_name : std::to_string(geteuid());
}

}  // namespace segue::engine
