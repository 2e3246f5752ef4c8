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

struct Statement {
  std::string sql;
  // When set, the statement must change exactly this many rows; anything else
  // means that somebody changed the database under us.
  std::optional<std::int64_t> expect_rows;
  // SELECT of one boolean: the statement is left out when it says no, because
  // it would fail or, outside a transaction, hit what is not ours.
  std::string only_if = {};
};

// The lock an action takes and how long it may wait for it.
struct LockNeed {
  std::string mode;    // in the database's words; empty: none worth naming
  std::string object;  // what is locked
  std::chrono::milliseconds budget{0};
  std::string hold;  // how long it is held, in words: "milliseconds, any size"
};

// One statement over a range of keys, in its four shapes. Parameters: the
// lower bound's values (exclusive) where there is one, then the upper bound's
// (inclusive) where there is one; then whatever the statement documents.
struct RangeSql {
  std::string all;      // no bounds
  std::string after;    // key > lo
  std::string upto;     // key <= hi
  std::string between;  // lo < key <= hi
};

// What is done to the rows of a motion, range by range.
enum class Activity {
  kFill,     // writes the new side of rows that have none yet
  kVerify,   // finds rows that disagree
  kRepair,   // derives those again, in their declared direction
  kSettle,   // makes the old side say what the new one does; see SyncForm
  kRetreat,  // takes the motion's own copies out of a column that was there
};
// "backfill", "verify", ...: also their names in the ledger.
std::string_view ToString(Activity activity);
Activity ActivityFromString(std::string_view text);

// One statement over a table, gone through range by range of a key.
struct WalkSql {
  std::string table;                     // whose rows, for messages
  std::vector<std::string> key_columns;  // for messages; shape of a key
  // A SELECT gives the key columns of what it finds, at most 100 rows, and may
  // say after them why.
  RangeSql statement;
  // SELECT key columns, ascending: bounds that cut the table into about as many
  // ranges as the parameter says, found without reading all of it. Empty: the
  // table is one range.
  std::string cuts;
  // Upper bound of the first rows of a range: one row of key values, or none
  // when it has fewer rows than that, so that they are the whole of it. Last
  // parameter: how many. May return further rows: the upper bounds of the
  // following chunks, where the database gets them for free.
  RangeSql next_bound;
  bool writes = false;
  // SELECT estimate of the rows of the table, and of the bytes of one.
  std::string estimated_rows;
  // Run instead over a range in which the statement broke a constraint; empty:
  // that ends the walk.
  RangeSql when_refused = {};
  // The statement for one share of the rows of each page; last parameter:
  // which, from 0. A range that is filled share by share puts new row versions
  // where those of the share before were. Empty: not worth it here.
  RangeSql share = {};
  int shares = 1;
};

// Tries an expression or a constraint on the rows as they are, before anything
// is changed: finds rows that it fails on; raises where it raises.
struct TrialSql {
  WalkSql walk;
  std::string reason;  // what is wrong with a row that it finds
};

// Everything that moves and checks the rows of one motion.
struct MotionSql {
  std::string name;   // the motion's id
  std::string table;  // for messages
  // Of a fill that several motions of a table share: theirs. It has no other
  // walks; each of them has its own, too.
  std::vector<std::string> parts = {};
  std::optional<WalkSql> fill = {};
  std::optional<WalkSql> repair = {};
  std::optional<WalkSql> settle = {};
  std::optional<WalkSql> retreat = {};
  // Old and new agree when none of these finds a row.
  std::vector<WalkSql> verify = {};
  // Rows that are marked (OnTransformError::kMark); with the error.
  std::vector<WalkSql> marked = {};
  // Rows of which the application wrote both sides.
  std::vector<WalkSql> both_given = {};
  std::optional<TrialSql> trial = {};  // of `up`
  std::string count_left = {};         // SELECT count(*) of rows not filled yet
  // Makes the room of dead row versions usable again, outside a transaction;
  // run now and then while the fill goes on. Empty: not needed here.
  std::string reclaim = {};
  std::string after_fill = {};  // run when the fill is done, as ANALYZE

  // The walk of an activity that writes; nullptr where there is none.
  const WalkSql* Writing(Activity activity) const;
};

enum class ActionKind {
  kSchema,          // statements; see `forward`
  kBackfill,        // walks its motion's fill
  kVerify,          // walks its motion's verify
  kVerifyUnmarked,  // walks its motion's marked
  kSettle,          // walks its motion's settle
  kRetreat,  // undone: `undo` in one transaction, then its motion's retreat
};
std::string_view ToString(ActionKind kind);

// One primitive, rendered for its database. Ledger and faults count these.
struct PlannedAction {
  ActionKind kind = ActionKind::kSchema;
  std::string description;
  std::vector<Statement> forward;
  std::vector<Statement> undo;
  // SELECT of one boolean: has `forward` happened? Decides after a crash for
  // actions that cannot commit together with their ledger row.
  std::string probe;
  // For a non-transactional action: clears away what a failed attempt left.
  std::vector<Statement> cleanup;
  // SELECT of one text, asked before anything is changed: each row is a reason
  // why `forward` would fail on the rows there are ("(email)=(a@b.c) is in 3
  // rows"). Empty: nothing to ask.
  std::string objections;
  // Asked by another session while `forward` runs for long: SELECT percent
  // (0-100), what it is at, whom it waits for (NULL: nobody). Parameter: the
  // session that runs it. Empty: nothing to watch.
  std::string progress;
  // SELECT of one number that grows while the thing to be dropped is in use.
  // Kept when both versions are live and compared before the contract.
  std::string usage;
  LockNeed lock;
  // Whether it can run within a transaction.
  bool transactional = true;
  bool reversible = true;
  // Actions of a step that have the same unit, which are neighbours, commit
  // together with their rows of the ledger: all of them happen or none.
  int unit = 0;
  std::string motion = {};  // in Plan::motions; empty: it walks no rows
  // Of a constraint that is to come. Not stored: it is asked before the start.
  std::optional<TrialSql> trial = {};
};

// What a contract is made of: until the first drop it can be undone.
enum class Stage {
  kSeal,  // the old shape goes out of reach; every action is reversible
  kDrop,  // nothing brings the old shape back
};
std::string_view ToString(Stage stage);

// A column as applications know it.
struct ColumnName {
  std::string table;
  std::string column;
  bool operator==(const ColumnName&) const = default;
};

// What a person sees: at most one per operation and phase, and of CONTRACTING
// one a stage.
struct Step {
  Phase phase = Phase::kExpanding;
  Stage stage = Stage::kSeal;  // of kContracting only
  std::string description;
  std::vector<PlannedAction> actions;
  std::vector<std::string> notes;  // reasons, warnings
  bool executed = false;
  bool rolled_back = false;
  // Columns of the old version that are gone for good afterwards.
  std::vector<ColumnName> removes = {};
  // The operation that it is of. Known while the plan is new: the ledger does
  // not keep it.
  Source source = {};

  bool reversible() const;
  // The strongest lock of its actions; nullptr when none takes one.
  const LockNeed* lock() const;
};

// What the history compares before and after: how often indexes served a query,
// and how long it takes to read one row.
struct Gauge {
  struct Index {
    std::string name;
    // SELECT of one number, NULL where there is no such index. Empty: this
    // database does not count.
    std::string scans = {};
  };
  std::string table;
  std::vector<Index> indexes;
  std::string probe;  // SELECT of one row, by its key where there is one
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
  std::string id;
  std::string title;
  Access access = Access::kInPlace;
  std::string version;         // the published version's name ("01_bigint")
  std::string version_schema;  // where it is published; empty in place
  OnTransformError on_transform_error = OnTransformError::kRefuse;
  std::vector<Step> steps;
  std::vector<MotionSql> motions = {};  // that its actions name
  std::vector<std::string> notes;
  std::vector<Gauge> gauges = {};  // of the tables whose rows or indexes change
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
