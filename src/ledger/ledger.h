// The ledger: what segue knows about its migrations, kept in the database
// being changed. Every state is written here before it is acted on, and all
// faces and processes agree only through it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/dialect.h"
#include "segue/plan.h"
#include "segue/progress.h"

namespace segue::engine {

struct MigrationRow {
  std::string id;
  std::string title;
  std::string checksum;
  std::string source;
  Phase phase = Phase::kPending;
  SubState sub_state = SubState::kNone;
  Plan plan;  // without executed / rolled_back; see Ledger::LoadStates
  std::string started_at;
  std::string updated_at;
  std::string error;
  std::string folded_into;  // the migration whose plan does this one's work
};

enum class ActionState { kPending, kRunning, kDone, kUndone };

// Where a walk over a motion's rows stands. What else is seen meanwhile is an
// Observation.
struct MotionRow {
  std::vector<db::Value> cursor;  // empty: at the start
  std::int64_t rows = 0;
  std::int64_t total = 0;  // an estimate
  double rate = 0;         // rows per second
  bool done = false;
};

// The row that stands for a step as a whole, beside those of its actions.
inline constexpr int kWholeStep = -1;

// All calls run on the connection given and join its open transaction, unless
// they say that they open their own. Scoped to one schema of the database.
class Ledger {
 public:
  // `lease`: how long whoever holds something by a row of it counts as living
  // without renewing that.
  Ledger(const db::Dialect& dialect, std::string schema_name, std::string who,
         std::chrono::seconds lease);

  // Creates the ledger where there is none, then opens it; own transaction;
  // safe to repeat.
  void Install(db::Connection& connection) const;
  // False when there is none. Upgrades one that an earlier segue wrote; throws
  // Error{kRefused} for one of a newer segue. Before any other call.
  bool Open(db::Connection& connection) const;

  std::optional<MigrationRow> Load(db::Connection& connection,
                                   const std::string& id) const;
  // The ids of those whose work is done by the plan of `id`, in their order.
  std::vector<std::string> Folded(db::Connection& connection,
                                  const std::string& id) const;
  // The one that is neither complete nor rolled back.
  std::optional<MigrationRow> Active(db::Connection& connection) const;
  // The one touched last.
  std::optional<MigrationRow> Newest(db::Connection& connection) const;
  // Inserts, or replaces a rolled-back attempt of the same id.
  void Create(db::Connection& connection, const MigrationRow& row) const;
  // Also of those that are folded into it.
  void SetPhase(db::Connection& connection, const std::string& id, Phase phase,
                SubState sub_state) const;
  void SetError(db::Connection& connection, const std::string& id,
                const std::string& error) const;

  ActionState StateOf(db::Connection& connection, const std::string& id,
                      int step, int action) const;
  void SetState(db::Connection& connection, const std::string& id, int step,
                int action, ActionState state) const;
  // Fills executed and rolled_back of the plan's steps.
  void LoadStates(db::Connection& connection, const std::string& id,
                  Plan& plan) const;

  void AddEvent(db::Connection& connection, const std::string& id,
                EventKind kind, const std::string& message) const;
  // Oldest first; all migrations when `id` is empty.
  std::vector<HistoryEntry> Events(db::Connection& connection,
                                   const std::string& id) const;

  std::optional<MotionRow> LoadMotion(db::Connection& connection,
                                      const std::string& id,
                                      const std::string& motion,
                                      const std::string& activity) const;
  void SaveMotion(db::Connection& connection, const std::string& id,
                  const std::string& motion, const std::string& activity,
                  const MotionRow& row) const;
  void ForgetMotion(db::Connection& connection, const std::string& id,
                    const std::string& motion,
                    const std::string& activity) const;
  // The step and its actions are as if they had never been run.
  void ForgetStep(db::Connection& connection, const std::string& id,
                  int step) const;

  // "segue.lease" or "segue_lease".
  std::string TableNamed(const std::string& table) const;
  const std::string& schema_name() const { return schema_name_; }
  const std::string& who() const { return who_; }
  const db::Dialect& dialect() const { return dialect_; }
  std::chrono::seconds lease() const { return lease_; }

 private:
  std::optional<MigrationRow> LoadWhere(
      db::Connection& connection, const std::string& condition,
      const std::vector<db::Value>& more) const;

  const db::Dialect& dialect_;
  std::string schema_name_;
  std::string who_;
  std::chrono::seconds lease_;
};

std::string HostName();
std::string SystemUser();

}  // namespace segue::engine
