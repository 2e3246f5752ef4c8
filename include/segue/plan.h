// Plans as data: what will be done, in which order, under which lock, and how
// it is undone. A plan prints as text and JSON without a database. The ledger
// stores the whole plan, so that any later run executes exactly what was
// planned. All types are values; the functions are pure and thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "segue/source.h"

namespace segue {

// The phases of a migration.
enum class Phase {
  kPending,      // its intent is not recorded yet
  kExpanding,    // the new shape is added beside the old one
  kMigrating,    // rows are filled, or both versions are live
  kContracting,  // the old shape is sealed and dropped
  kComplete,
  kRolledBack,
};
// The parts of a phase: kBackfilling and kReady (both versions are live) belong
// to kMigrating; kSealing (the seal is begun), kSealed and kDropping belong to
// kContracting. kRollingBack belongs to every phase that can be rolled back:
// from it only the rollback goes on. kAbandoned belongs to kRolledBack: what
// could not be undone was left as it was.
enum class SubState {
  kNone,
  kBackfilling,
  kReady,
  kSealing,
  kSealed,
  kDropping,
  kRollingBack,
  kAbandoned,
};

// The texts are those of the ledger and of JSON: "EXPANDING", "ROLLED_BACK",
// "ready". The inverse functions of this file throw Error{kCorrupt} for an
// unknown text; AccessFromString, which reads what users write, throws
// Error{kUsage}.
std::string_view ToString(Phase phase);
Phase PhaseFromString(std::string_view text);
std::string_view ToString(SubState state);
SubState SubStateFromString(std::string_view text);

// True when a migration may move from one state of the ledger to the other. It
// moves forward by one state; from sealed it may go back to ready, and until
// the first drop it may begin to roll back, from where it can only be rolled
// back. An active migration may always be abandoned. kSealing is never written
// to the ledger: the states of the steps say it.
bool CanMove(Phase from, SubState from_sub, Phase to, SubState to_sub);

// How the two versions reach their shapes: old and new columns are side by side
// in one table, or each version has views of its own.
enum class Access { kInPlace, kVersioned };
std::string_view ToString(Access access);
Access AccessFromString(std::string_view text);

// The fate of an application's write when `up` or `down` raises an error: the
// write is refused, or it goes through and its row is marked.
enum class OnTransformError { kRefuse, kMark };
std::string_view ToString(OnTransformError what);
OnTransformError OnTransformErrorFromString(std::string_view text);

// Stands for every published version where versions are asked to be kept.
inline constexpr const char* kEveryVersion = "*";

// What triggers of the user's do while rows are filled: they fire, as for a
// write of an application, or they are held back.
enum class UserTriggers { kFire, kSkip };
std::string_view ToString(UserTriggers what);

// The lock an action takes and how long it may wait for it.
struct LockNeed {
  std::string mode;    // in the database's words; empty: no lock of note
  std::string object;  // what is locked
  std::chrono::milliseconds budget{0};
  std::string hold;  // how long it is held, in words: "milliseconds, any size"
  // Compares the locks of one kind of database: the more a lock keeps out, the
  // larger its strength. 0: not said.
  int strength = 0;
};

// The two stages of a contract. Until the first drop it can be undone.
enum class Stage {
  kSeal,  // puts the old shape out of reach; every action is reversible
  kDrop,  // removes the old shape for good
};
std::string_view ToString(Stage stage);

struct Gauge;
struct MotionSql;
struct PlannedAction;
struct TrialSql;
// A column as applications know it.
struct ColumnName {
  std::string table;
  std::string column;
  bool operator==(const ColumnName&) const = default;
};

// A part of a plan that people see. An operation has at most one step for each
// phase, and for CONTRACTING at most one for each stage.
struct Step {
  Step();
  Step(const Step& other);
  Step(Step&& other) noexcept;
  Step& operator=(const Step& other);
  Step& operator=(Step&& other) noexcept;
  ~Step();

  Phase phase = Phase::kExpanding;
  Stage stage = Stage::kSeal;  // counts for kContracting only
  std::string description;
  // The statements and walks of the step. Only segue itself can look into them.
  std::vector<PlannedAction> actions;
  std::vector<std::string> notes;  // reasons, warnings
  bool executed = false;
  bool rolled_back = false;
  // Columns of the old version that are lost for good afterwards.
  std::vector<ColumnName> removes = {};
  // The place of the operation to which the step belongs. It is known only
  // while the plan is new, because the ledger does not keep it.
  Source source = {};

  // True when all its actions are reversible.
  bool reversible() const;
  // Returns the strongest lock of its actions; nullptr when none takes a lock.
  // The pointer is into this step.
  const LockNeed* lock() const;
};

// The estimated cost of a motion, from statistics and from what this kind of
// database is known to do.
struct MotionEstimate {
  std::string table;
  std::string motion;   // "fill", "copy"
  bool chosen = false;  // this is the way that the plan takes
  std::int64_t rows = 0;
  double seconds = 0;           // may be half or twice as long
  std::int64_t log_bytes = 0;   // WAL; 0: unknown
  std::int64_t disk_bytes = 0;  // largest growth of the table
  std::string why;              // the reasons, for people
};

// A report of a check about a plan. docs/findings.md lists all findings.
struct Finding {
  // An error refuses the migration; a warning does not.
  enum class Severity { kWarning, kError };
  Severity severity = Severity::kWarning;
  std::string id;        // "table-not-owned": stable, for programs
  std::string message;   // for people, like the next two
  std::string why;       // what would go wrong
  std::string safe_way;  // what to do instead
  Source source = {};    // the place of the operation that it is about, if any
};

// What goes with the contract and rows may refer to, or be referred to, by: a
// foreign key, or a whole table. The names are those until then.
struct Removal {
  std::string table;
  std::string foreign_key;  // empty: the table goes, with all that it has
  bool operator==(const Removal&) const = default;
};

// A whole plan: its steps in the order in which they run, and what they name.
struct Plan {
  Plan();
  Plan(const Plan& other);
  Plan(Plan&& other) noexcept;
  Plan& operator=(const Plan& other);
  Plan& operator=(Plan&& other) noexcept;
  ~Plan();

  std::string id;
  std::string title;
  Access access = Access::kInPlace;
  std::string version;         // the published version's name ("01_bigint")
  std::string version_schema;  // where it is published; empty in place
  OnTransformError on_transform_error = OnTransformError::kRefuse;
  // How long a contract stays sealed, so that it can be undone, before the old
  // shape may be dropped. Zero: seal and drop are one act.
  std::chrono::seconds undo_window{0};
  std::vector<Step> steps;
  // The walks that move and check rows for the actions, and the measurements of
  // the tables whose rows or indexes change, for the history. Only segue itself
  // can look into these.
  std::vector<MotionSql> motions;
  std::vector<Gauge> gauges;
  std::vector<Removal> removals;
  // Schemas of earlier versions that live on after the contract.
  std::vector<std::string> kept_versions;
  std::vector<std::string> notes;
  std::vector<MotionEstimate> estimates = {};
  // Warnings of the pre-flight checks, besides `notes`. The ledger does not
  // keep them, so they are known only while the plan is new.
  std::vector<Finding> findings = {};

  // Returns the share of the steps that are executed and not rolled back, from
  // 0 to 100; 0 for an empty plan.
  double progress_pct() const;
  // True when a step is in this phase.
  bool has_phase(Phase phase) const;
  // Returns the motion with this id, which stays in the plan. Throws
  // Error{kCorrupt} when there is none.
  const MotionSql& MotionNamed(std::string_view name) const;
  // Returns the trials of all motions that the walk of this motion fills.
  std::vector<TrialSql> TrialsOf(std::string_view motion) const;
  // Returns the statements of a step of this plan, for people. Of a walk it has
  // the statement in one of its shapes.
  std::vector<std::string> ForwardSql(const Step& step) const;
  // Returns the SQL that undoes a step, in the order in which it would run.
  std::vector<std::string> RollbackSql(const Step& step) const;
};

// Returns text for people, with one block for each step.
std::string ToText(const Plan& plan);
// Returns JSON text of the newest format. PlanFromJson(ToJson(p)) gives p back,
// without what the ledger does not keep. `indent`: spaces; -1: one line.
std::string ToJson(const Plan& plan, int indent = -1);
// Reads any format that this or an earlier version has written. Throws
// Error{kCorrupt} for text that is no plan, and Error{kRefused} for a newer
// format.
Plan PlanFromJson(std::string_view json);

// Checks the order and the completeness of a plan without a database. Returns
// all findings in a fixed order.
std::vector<Finding> Validate(const Plan& plan);

}  // namespace segue
