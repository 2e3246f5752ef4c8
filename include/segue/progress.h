// The reports of a running migration, its status and its history. All types are
// values.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "segue/plan.h"

namespace segue {

// One report. Members that do not concern the event keep their defaults.
struct Progress {
  enum class Event {
    // Events of the run as a whole; see IsOfRun. A run that reports kStarted
    // ends with kReady, kComplete, kRolledBack or kFailed, unless its process
    // is killed. A dry run reports none of these.
    kStarted,  // begun, or going on with what an earlier run has left
    kReady,    // both versions are live
    kPaused,   // `message` says why: somebody, or the throttle
    kResumed,
    kSealed,    // the old version is shut out; nothing is dropped yet
    kComplete,  // also where a start finds that it is complete already
    kRolledBack,
    kFailed,  // after what was done has been undone, where it was
    // Events within the run.
    kStepStarted,
    kStepDone,
    kStepRolledBack,
    kRows,   // rows moved or checked, or a part built, within a step
    kRetry,  // a lock or a deadlock; `message` names the blockers
    kNote,
  };
  Event event = Event::kNote;
  std::string migration;  // its id
  Phase phase = Phase::kPending;
  // Set by the events of the run, except kPaused and kResumed; otherwise kNone.
  SubState sub_state = SubState::kNone;
  std::string step;         // its description
  std::string activity;     // "backfill", "verify", "settle"; may be empty
  double progress_pct = 0;  // steps; within the backfill step refined by rows
  std::int64_t rows_done = 0;
  std::int64_t rows_total = 0;  // an estimate; 0: unknown
  double rows_per_second = 0;   // on average; 0: unknown
  double eta_seconds = -1;      // until the end of the walk; -1: unknown
  std::int64_t chunk_rows = 0;  // intended rows of the last chunk
  double chunk_seconds = 0;     // with kRows: time of the chunk; 0: unknown
  // 0 to 100: how much one long statement has built; -1: none runs, or unknown.
  double activity_pct = -1;
  double pace = 1;  // share of the full pace: 0 is paused, 1 is full
  // Why the pace is not full, as docs/throttle.md lists the reasons; or empty.
  std::string pace_reason;
  int workers = 1;
  std::string message;
  // For kRetry, the error after which something is repeated; for kFailed, the
  // error that ended the run. A text of ToString(ErrorKind).
  std::string cause = {};
  // For kFailed, as in Error. That event has no progress_pct.
  std::string hint = {};
  std::vector<std::string> notes = {};
};

// "started", "rolled_back", "step_done": the names of docs/observability.md.
std::string_view ToString(Progress::Event event);
// True for an event of the run as a whole.
bool IsOfRun(Progress::Event event);

using ProgressCallback = std::function<void(const Progress&)>;

// The listeners of a migrator. They are told what happens, in the order in
// which they were added. A copy tells the same listeners.
//
// A listener is called on the thread that runs the migration, and never on two
// threads at once, unless it serves several migrators, each of which calls it
// on its own thread. The migration waits for the listener, so work that takes
// long belongs on another thread. A listener must not call the migrator that is
// telling it; it may use another migrator on another Database.
//
// A listener that throws neither ends the migration nor keeps the later
// listeners from being told. Its first failure is logged as a warning, its
// other failures are dropped, and it is told further events.
class ProgressListeners {
 public:
  void Add(ProgressCallback listener);  // an empty one is not added
  void Send(const Progress& progress) const;

 private:
  struct Listener;
  std::vector<std::shared_ptr<Listener>> listeners_;
};

// "3 min 20 s"; "unknown" below zero.
std::string FormatDuration(double seconds);

// The subject of an entry of the history. docs/commands.md lists the texts.
enum class EventKind {
  kExpanding,    // a step of EXPANDING was done
  kMigrating,    // a step of MIGRATING was done, or what was measured of it
  kContracting,  // the same of CONTRACTING
  kReady,        // both versions are live
  kComplete,     // the migration is finished
  kUndone,       // a step was rolled back
  kRolledBack,   // all of it was
  kFailed,       // a run ended with an error
  kStopped,      // a run ended because it was asked to
  kForced,       // what is in use is dropped all the same, and why
  kAbandoned,    // it ended with what could not be undone left, and why
  kFolded,       // the plan of another migration does its work
  kFill,         // rows that no trigger saw were filled
  kRepaired,     // rows that disagreed were derived again
  kPace,         // rows are moved slower or faster, and why
  kPaused,
  kResumed,
  kNote,
};
// "EXPANDING", "ROLLBACK" (kUndone), "ROLLED_BACK", ...: in the ledger and
// JSON.
std::string_view ToString(EventKind kind);
// Throws Error{kCorrupt}.
EventKind EventKindFromString(std::string_view text);
// Returns the kind for a step of this phase. Throws Error{kInternal} for a
// phase without steps.
EventKind EventKindOf(Phase phase);

struct HistoryEntry {
  std::int64_t id = 0;  // increasing within the database
  std::string time;     // ISO 8601, UTC
  std::string migration;
  EventKind kind = EventKind::kNote;
  std::string message;
  std::string who;           // MigratorOptions::who of the run
  std::string host;          // the machine that ran segue
  std::string tool_version;  // the version of segue
};

// One step of the active plan.
struct StepStatus {
  Phase phase = Phase::kExpanding;
  std::string description;
  bool executed = false;
  bool rolled_back = false;
  std::vector<ColumnName> removes = {};  // as Step::removes
};

// Writes that both versions accept and the final shape will refuse, because
// they give a column of the table no value.
struct WritesToFail {
  std::string table;
  std::int64_t count = 0;  // since the start
  // When a look of the run, of `segue watch` or of the gate found more of them
  // than the look before: ISO 8601, UTC; empty: no look has found any.
  std::string last_seen = {};
  std::int64_t since = 0;  // of `count`, those that no look has found yet
};

// The state of a migration as the ledger has it; a migration that is running
// goes on meanwhile.
struct MigrationStatus {
  std::string id;
  std::string title;
  Phase phase = Phase::kPending;
  SubState sub_state = SubState::kNone;
  Access access = Access::kInPlace;
  std::string version_schema;
  OnTransformError on_transform_error = OnTransformError::kRefuse;
  // These have the meanings and units of Progress.
  double progress_pct = 0;
  std::vector<StepStatus> steps;
  std::int64_t rows_done = 0;
  std::int64_t rows_total = 0;
  double rows_per_second = 0;
  double eta_seconds = -1;
  std::string activity;  // "index users_email: 43 %"; empty: none is known
  bool paused = false;   // somebody asked for a pause
  double pace = 1;
  std::string pace_reason;
  // The synchronous standbys that are away while commits wait for them; empty:
  // none, as far as the session may see.
  std::string awaited_standby = {};
  int workers = 1;
  std::string runner;      // "host:pid" of a live runner; empty: none
  std::string error;       // of the last run; empty: none
  std::string started_at;  // ISO 8601, UTC
  std::string updated_at;  // ISO 8601, UTC
  // Of a contract that is sealed and can be undone: when it was sealed (ISO
  // 8601, UTC), and the seconds until the old shape may be dropped, 0 when they
  // are over. Empty and -1 otherwise.
  std::string sealed_at = {};
  double undo_left_seconds = -1;
  std::int64_t undo_window_seconds = 0;  // of the plan; 0: none
  // Ids of the migrations that this one's plan contains besides its own.
  std::vector<std::string> folded = {};
  // Id of the migration whose plan contains this one; or empty.
  std::string folded_into = {};
  // What the migration has made and is not there or is turned off now, as the
  // database says: "trigger 'x' of 'users' is gone". Known until a contract
  // begins.
  std::vector<std::string> missing = {};
  // What others have made on columns of the migration's own, which keeps both
  // the contract and the rollback from going on: "view public.v depends on
  // column '_segue_d' of 'users'". Known until a contract begins.
  std::vector<std::string> held = {};
  // The privileges that others have given or taken and that the views and
  // columns of the migration do not follow, and the roles that may write a
  // table and lack what its `up` or `down` needs: "role app lacks SELECT on
  // ...". Known until a contract begins.
  std::vector<std::string> grants = {};
  // Only tables with such writes. Known until a contract begins, on a database
  // that counts them.
  std::vector<WritesToFail> writes_to_fail = {};
  // The retired versions of the schema whose views still refuse, whatever
  // migration they are of: "version public_01_a refuses since ...".
  std::vector<std::string> refusing = {};

  bool is_complete() const { return phase == Phase::kComplete; }
  bool is_active() const {
    return phase != Phase::kComplete && phase != Phase::kRolledBack &&
           phase != Phase::kPending;
  }
};

// A published version.
struct VersionInfo {
  std::string name;             // the migration's: "01_bigint"
  std::string version_schema;   // "public_01_bigint"
  std::string state;            // "live", "rolling back", "retired"
  std::string published_at;     // ISO 8601, UTC
  bool latest = false;          // the newest of the live ones
  bool refuses = false;         // retired, and its views still refuse
  std::string retired_at = {};  // as published_at; empty where it is not known
};

}  // namespace segue
