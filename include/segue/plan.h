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
// to kMigrating, kSealed and kDropping to kContracting.
enum class SubState { kNone, kBackfilling, kReady, kSealed, kDropping };

// The texts are those of the ledger and of JSON: "EXPANDING", "ROLLED_BACK",
// "ready". The inverse functions of this file throw Error{kCorrupt} for an
// unknown text; AccessFromString, which reads what users write, throws
// Error{kUsage}.
std::string_view ToString(Phase phase);
Phase PhaseFromString(std::string_view text);
std::string_view ToString(SubState state);
SubState SubStateFromString(std::string_view text);

// True when a migration may move from one state to the other. It moves forward
// by one state; from sealed it may go back to ready, and until the first drop
// it may be rolled back.
bool CanMove(Phase from, SubState from_sub, Phase to, SubState to_sub);

// How the two versions reach their shapes: old and new columns are side by side
// in one table, or each version has views of its own.
enum class Access { kInPlace, kVersioned };
std::string_view ToString(Access access);
Access AccessFromString(std::string_view text);

// The fate of an application's write when `up` or `down` raises an
// error: the write is refused, or it goes through and its row is marked.
enum class OnTransformError { kRefuse, kMark };
std::string_view ToString(OnTransformError what);
OnTransformError OnTransformErrorFromString(std::string_view text);

// One SQL statement of an action.
struct Statement {
  std::string sql;
  // When set, the statement must change exactly this many rows. Any other
  // number means that somebody has changed the database meanwhile.
  std::optional<std::int64_t> expect_rows;
  // A SELECT of one boolean. When it answers false, the statement is skipped,
  // because it would fail or, outside a transaction, change an object that does
  // not belong to segue.
  std::string only_if = {};
};

// The lock an action takes and how long it may wait for it.
struct LockNeed {
  std::string mode;    // in the database's words; empty: no lock of note
  std::string object;  // what is locked
  std::chrono::milliseconds budget{0};
  // How long the lock is held, in words: "milliseconds, any size".
  std::string hold;
};

// One statement over a range of keys, in its four shapes. Its parameters are
// the values of the lower bound (exclusive) if the shape has one, then those of
// the upper bound (inclusive) if the shape has one, then the parameters that
// the statement documents.
struct RangeSql {
  std::string all;      // no bounds
  std::string after;    // key > lo
  std::string upto;     // key <= hi
  std::string between;  // lo < key <= hi
};

// The kinds of walks over the rows of a motion.
enum class Activity {
  kFill,     // writes the new side of rows that are not filled yet
  kVerify,   // finds rows whose sides disagree
  kRepair,   // derives such rows again, from the side that was written last
  kSettle,   // copies the new side to the old one where both were given
  kRetreat,  // removes the motion's copies from a column that existed before
};
// "backfill", "verify", ...: these are also the names in the ledger.
std::string_view ToString(Activity activity);
Activity ActivityFromString(std::string_view text);

// A walk applies one statement to all rows of a table, range by range of a key.
struct WalkSql {
  std::string table;                     // for messages
  std::vector<std::string> key_columns;  // for messages; the shape of a key
  // A SELECT returns the key columns of at most 100 rows that it finds; columns
  // after the key hold the reason.
  RangeSql statement;
  // A SELECT of key columns, in ascending order: the bounds that cut the table
  // into about as many ranges as the parameter says. It does not read the whole
  // table. Empty: the table is one range.
  std::string cuts;
  // A SELECT of the upper bound of the first rows of a range, as key values.
  // The last parameter says how many rows. It returns no row when the range has
  // fewer rows than that. It may return further rows: the upper bounds of the
  // following chunks, where the database gets them for free.
  RangeSql next_bound;
  bool writes = false;
  // A SELECT of two estimates: the rows of the table, and the bytes of one row.
  std::string estimated_rows;
  // The statement to run instead over a range in which `statement` broke a
  // constraint. Empty: the walk ends with that error.
  RangeSql when_refused = {};
  // The statement for one share of the rows of each page. The last parameter is
  // the number of the share, from 0. When a range is filled share by share, the
  // new row versions of a share go where the dead ones of the share before
  // were. Empty: the table is not filled in shares.
  RangeSql share = {};
  int shares = 1;
};

// A trial applies an expression or a constraint to the existing rows before
// anything is changed. It finds the rows on which it fails, and raises an error
// where the expression raises one.
struct TrialSql {
  WalkSql walk;
  std::string reason;  // what is wrong with a row that the walk finds
};

// Everything that moves and checks the rows of one motion.
struct MotionSql {
  std::string name;   // the motion's id
  std::string table;  // for messages
  // The ids of the motions that share this fill. Such an entry has no other
  // walk; each of those motions has an entry of its own, too.
  std::vector<std::string> parts = {};
  std::optional<WalkSql> fill = {};
  std::optional<WalkSql> repair = {};
  std::optional<WalkSql> settle = {};
  std::optional<WalkSql> retreat = {};
  // Old and new agree when none of these finds a row.
  std::vector<WalkSql> verify = {};
  // These find the marked rows (OnTransformError::kMark), with the error.
  std::vector<WalkSql> marked = {};
  // These find the rows of which the application wrote both sides.
  std::vector<WalkSql> both_given = {};
  std::optional<TrialSql> trial = {};  // tries `up` on the existing rows
  std::string count_left = {};         // SELECT count(*) of rows not filled yet
  // A statement that makes the room of dead row versions usable again. It runs
  // outside a transaction now and then during the fill. Empty: the database
  // does not need it.
  std::string reclaim = {};
  std::string after_fill = {};  // runs after the fill, for example ANALYZE

  // Returns the walk of an activity that writes; nullptr when there is none.
  const WalkSql* Writing(Activity activity) const;
};

// How an action is executed: by statements, or by a walk of its motion.
enum class ActionKind {
  kSchema,          // the statements of `forward`
  kBackfill,        // the walk MotionSql::fill
  kVerify,          // the walks MotionSql::verify
  kVerifyUnmarked,  // the walks MotionSql::marked, which must find no row
  kSettle,          // the walk MotionSql::settle
  // Nothing going forward. An undo executes `undo` in one transaction and then
  // the walk MotionSql::retreat.
  kRetreat,
};
std::string_view ToString(ActionKind kind);

// One primitive action, rendered for its database. The ledger records the state
// of each planned action.
struct PlannedAction {
  ActionKind kind = ActionKind::kSchema;
  std::string description;
  std::vector<Statement> forward;
  std::vector<Statement> undo;
  // A SELECT of one boolean: whether `forward` has happened. It decides after a
  // crash for actions that cannot commit together with their ledger row.
  std::string probe;
  // Statements that remove what a failed attempt of a non-transactional action
  // has left.
  std::vector<Statement> cleanup;
  // A SELECT of one text, which runs before anything is changed. Each row is a
  // reason why `forward` would fail on the existing rows ("(email)=(a@b.c) is
  // in 3 rows"). Empty: nothing can be asked.
  std::string objections;
  // A SELECT that another session runs while `forward` runs for long. It
  // returns the percentage (0 to 100), the present stage, and the session that
  // it waits for (NULL: none). Its parameter is the session that runs
  // `forward`. Empty: there is nothing to watch.
  std::string progress;
  // A SELECT of one number that grows while the object that will be dropped is
  // in use. The number is kept when both versions are live and compared before
  // the contract.
  std::string usage;
  LockNeed lock;
  // True when the action can run within a transaction.
  bool transactional = true;
  bool reversible = true;
  // Actions of a step with the same unit are neighbours and commit together
  // with their rows of the ledger: all of them happen or none.
  int unit = 0;
  std::string motion = {};  // an id in Plan::motions; empty: it walks no rows
  // The trial of a constraint that will be added. The ledger does not keep it,
  // because it runs before the start only.
  std::optional<TrialSql> trial = {};
};

// The two stages of a contract. Until the first drop it can be undone.
enum class Stage {
  kSeal,  // puts the old shape out of reach; every action is reversible
  kDrop,  // removes the old shape for good
};
std::string_view ToString(Stage stage);

// A step is what a person sees of a plan. An operation has at most one step in
// each phase, and in CONTRACTING at most one in each stage.
struct Step {
  Phase phase = Phase::kExpanding;
  Stage stage = Stage::kSeal;  // counts for kContracting only
  std::string description;
  std::vector<PlannedAction> actions;
  std::vector<std::string> notes;  // reasons, warnings
  bool executed = false;
  bool rolled_back = false;
  // The place of its operation in the file. The ledger does not keep it, so it
  // is known only while the plan is new.
  Source source = {};

  // True when all its actions are reversible.
  bool reversible() const;
  // Returns the strongest lock of its actions; nullptr when none takes a lock.
  // The pointer is into this step.
  const LockNeed* lock() const;
};

// The figures that the history compares before and after a migration: how often
// indexes served a query, and how long it takes to read one row.
struct Gauge {
  struct Index {
    std::string name;
    // A SELECT of one number, or of NULL when there is no such index. Empty:
    // this database does not count scans.
    std::string scans = {};
  };
  std::string table;
  std::vector<Index> indexes;
  std::string probe;  // a SELECT of one row, by its key if it has one
};

// An estimate of what a motion will cost, from statistics and from what was
// measured on this kind of database.
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

// A whole plan: its steps in the order in which they run, and what they name.
struct Plan {
  std::string id;
  std::string title;
  Access access = Access::kInPlace;
  std::string version;         // the published version's name ("01_bigint")
  std::string version_schema;  // where it is published; empty in place
  OnTransformError on_transform_error = OnTransformError::kRefuse;
  std::vector<Step> steps;
  std::vector<MotionSql> motions = {};  // the motions that its actions name
  std::vector<std::string> notes;       // for people
  std::vector<Gauge> gauges = {};  // of the tables whose rows or indexes change
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
