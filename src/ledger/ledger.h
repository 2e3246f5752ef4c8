// The ledger holds what segue knows about its migrations, in the database that
// they change. Every state is written here before segue acts on it, and all
// programs and processes agree only through the ledger.
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
  Plan plan;  // steps without states; see Ledger::LoadStates
  std::string started_at;
  std::string updated_at;
  std::string error;
  std::string folded_into;  // the migration whose plan has this one's work
};

enum class ActionState { kPending, kRunning, kDone, kUndone };
// Reads the text of the ledger. Throws Error{kCorrupt} for any other.
ActionState ActionStateFromString(const std::string& text);

// How far a walk over a motion's rows has come; its ranges have the positions.
// Whatever else is measured during
// the walk is an Observation.
struct MotionRow {
  std::int64_t rows = 0;
  std::int64_t total = 0;  // an estimate
  double rate = 0;         // rows per second
  bool done = false;
};

// The action number of the row that stands for a whole step, beside the rows of
// its actions.
inline constexpr int kWholeStep = -1;

// The ledger of one schema of the database. All methods run on the given
// connection and join its open transaction, unless they say that they open
// their own.
class Ledger {
 public:
  // `lease` is the time for which the holder of a lease or a claim counts as
  // alive without renewing it.
  Ledger(const db::Dialect& dialect, std::string schema_name, std::string who,
         std::chrono::seconds lease);

  // Creates the ledger where there is none, then opens it, in a transaction of
  // its own. It is safe to repeat.
  void Install(db::Connection& connection) const;
  // Must be called before any other method, unless Install is. Returns false
  // when there is no ledger. Upgrades a ledger that an earlier segue wrote.
  // Throws Error{kRefused} for the ledger of a newer segue, and for one that is
  // not safe for this use.
  bool Open(db::Connection& connection,
            db::LedgerUse use = db::LedgerUse::kRead) const;

  std::optional<MigrationRow> Load(db::Connection& connection,
                                   const std::string& id) const;
  // Returns, in order, the ids of the migrations whose work the plan of `id`
  // does.
  std::vector<std::string> Folded(db::Connection& connection,
                                  const std::string& id) const;
  // Returns the migration that is neither complete nor rolled back.
  std::optional<MigrationRow> Active(db::Connection& connection) const;
  // Returns the migration that was changed last.
  std::optional<MigrationRow> Newest(db::Connection& connection) const;
  // Inserts the migration, or replaces a rolled-back attempt with the same id.
  void Create(db::Connection& connection, const MigrationRow& row) const;
  // Also sets the phase of the migrations that are folded into this one.
  void SetPhase(db::Connection& connection, const std::string& id, Phase phase,
                SubState sub_state) const;
  void SetError(db::Connection& connection, const std::string& id,
                const std::string& error) const;

  ActionState StateOf(db::Connection& connection, const std::string& id,
                      int step, int action) const;
  void SetState(db::Connection& connection, const std::string& id, int step,
                int action, ActionState state) const;
  // Sets `executed` and `rolled_back` of the plan's steps.
  void LoadStates(db::Connection& connection, const std::string& id,
                  Plan& plan) const;

  void AddEvent(db::Connection& connection, const std::string& id,
                EventKind kind, const std::string& message) const;
  // Returns the events, oldest first; those of all migrations when `id` is
  // empty.
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
  // Deletes the states of the step and its actions, as if they had never been
  // run.
  void ForgetStep(db::Connection& connection, const std::string& id,
                  int step) const;

  // Returns the table's name in the database: "segue.lease" or "segue_lease".
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
