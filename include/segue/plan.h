// Plans as data: what will be done, in which order, under which lock, and how
// it is undone. A plan prints as text and JSON without touching a database and
// is stored whole in the ledger, so that any later run executes exactly what
// was planned.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "segue/source.h"

namespace segue {

enum class Phase {
  kPending,
  kExpanding,
  kMigrating,
  kContracting,
  kComplete,
  kRolledBack,
};
enum class SubState { kNone, kBackfilling, kReady, kSealed, kDropping };

// "EXPANDING", "ROLLED_BACK", ...
std::string_view ToString(Phase phase);
Phase PhaseFromString(std::string_view text);
std::string_view ToString(SubState state);
SubState SubStateFromString(std::string_view text);

// True when R1.1 allows the move. The only backward move is sealed -> ready.
bool CanMove(Phase from, SubState from_sub, Phase to, SubState to_sub);

enum class Access { kInPlace, kVersioned };
std::string_view ToString(Access access);
Access AccessFromString(std::string_view text);

// What becomes of an application's write that `up` or `down` raises on: it is
// refused, or goes through and its row is marked.
enum class OnTransformError { kRefuse, kMark };
std::string_view ToString(OnTransformError what);
OnTransformError OnTransformErrorFromString(std::string_view text);

// The lock an action takes and how long it may wait for it.
struct LockNeed {
  std::string mode;    // in the database's words; empty: none worth naming
  std::string object;  // what is locked
  std::chrono::milliseconds budget{0};
  std::string hold;  // how long it is held, in words: "milliseconds, any size"
  // Compares the locks of one kind of database: the more a lock keeps out, the
  // larger its strength. 0: not said.
  int strength = 0;
};

// What a contract is made of: until the first drop it can be undone.
enum class Stage {
  kSeal,  // the old shape goes out of reach; every action is reversible
  kDrop,  // nothing brings the old shape back
};
std::string_view ToString(Stage stage);

struct Gauge;
struct MotionSql;
struct PlannedAction;
struct TrialSql;

// What a person sees: at most one per operation and phase, and of CONTRACTING
// one a stage.
struct Step {
  Step();
  Step(const Step& other);
  Step(Step&& other) noexcept;
  Step& operator=(const Step& other);
  Step& operator=(Step&& other) noexcept;
  ~Step();

  Phase phase = Phase::kExpanding;
  Stage stage = Stage::kSeal;  // of kContracting only
  std::string description;
  // What is run. Only segue itself can look into it.
  std::vector<PlannedAction> actions;
  std::vector<std::string> notes;  // reasons, warnings
  bool executed = false;
  bool rolled_back = false;
  // The operation that it is of. Known while the plan is new: the ledger does
  // not keep it.
  Source source = {};

  bool reversible() const;
  // The strongest lock of its actions; nullptr when none takes one.
  const LockNeed* lock() const;
};

// What a motion will cost, from statistics and what this kind of database is
// known to do.
struct MotionEstimate {
  std::string table;
  std::string motion;  // "fill", "copy"
  bool chosen = false;
  std::int64_t rows = 0;
  double seconds = 0;
  std::int64_t log_bytes = 0;   // WAL; 0: unknown
  std::int64_t disk_bytes = 0;  // that the table grows by, at its largest
  std::string why;              // what decides
};

// What a check has to say about a plan. docs/findings.md lists them.
struct Finding {
  enum class Severity { kWarning, kError };
  Severity severity = Severity::kWarning;
  std::string id;  // "table-not-owned": stable, for programs
  std::string message;
  std::string why;       // what would go wrong
  std::string safe_way;  // what to do instead
  Source source = {};    // of the operation, where it is about one
};

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
  std::vector<Step> steps;
  // What moves and checks rows for its actions, and what the history measures
  // of the tables whose rows or indexes change. Only segue itself can look into
  // these.
  std::vector<MotionSql> motions;
  std::vector<Gauge> gauges;
  std::vector<std::string> notes;
  std::vector<MotionEstimate> estimates = {};
  // What the pre-flight checks warn of, beside `notes`. Known while the plan is
  // new: the ledger does not keep it.
  std::vector<Finding> findings = {};

  // Steps executed and not rolled back / steps * 100; 0 for an empty plan.
  double progress_pct() const;
  bool has_phase(Phase phase) const;
  // Throws Error{kCorrupt} where there is no such motion.
  const MotionSql& MotionNamed(std::string_view name) const;
  // Of each motion that the walk of this one fills.
  std::vector<TrialSql> TrialsOf(std::string_view motion) const;
  // The statements of a step of this plan; of those that go over its rows one
  // of their shapes.
  std::vector<std::string> ForwardSql(const Step& step) const;
  // Rollback SQL in the order in which it would run.
  std::vector<std::string> RollbackSql(const Step& step) const;
};

// Text for people; one block a step.
std::string ToText(const Plan& plan);
// Stable JSON text; PlanFromJson(ToJson(p)) gives p back.
std::string ToJson(const Plan& plan, int indent = -1);
Plan PlanFromJson(std::string_view json);

// All findings of R1.7, in a fixed order; empty when there are none.
std::vector<Finding> Validate(const Plan& plan);

}  // namespace segue
