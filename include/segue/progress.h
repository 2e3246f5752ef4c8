// What a running migration tells its caller, and what status and history say.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "segue/plan.h"

namespace segue {

struct Progress {
  enum class Event {
    kStepStarted,
    kStepDone,
    kStepRolledBack,
    kRows,    // rows moved or checked, or a part built, within a step
    kPaused,  // `message` says why
    kResumed,
    kRetry,  // a lock or a deadlock; `message` names the blockers
    kNote,
  };
  Event event = Event::kNote;
  std::string migration;
  Phase phase = Phase::kPending;
  std::string step;         // its description
  std::string activity;     // "backfill", "verify", "settle"; may be empty
  double progress_pct = 0;  // steps; within the backfill step refined by rows
  std::int64_t rows_done = 0;
  std::int64_t rows_total = 0;  // an estimate; 0: unknown
  double rows_per_second = 0;
  double eta_seconds = -1;  // -1: unknown
  std::int64_t chunk_rows = 0;
  double chunk_seconds = 0;  // of kRows: its chunk took so long; 0: unknown
  // Of what is being built in one statement; -1: nothing is, or unknown.
  double activity_pct = -1;
  double pace = 1;          // 0: paused; 1: as fast as it goes
  std::string pace_reason;  // of the closed set of docs/throttle.md; or empty
  int workers = 1;
  std::string message;
  // Of kRetry: what is retried, in the words of ToString(ErrorKind).
  std::string cause = {};
};

// Called on the thread that runs the migration; must not throw.
using ProgressCallback = std::function<void(const Progress&)>;

// "3 min 20 s"; "unknown" below zero.
std::string FormatDuration(double seconds);

// What an entry of the history is about. docs/commands.md lists the texts.
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
// Of a step of this phase; throws Error{kInternal} for one without steps.
EventKind EventKindOf(Phase phase);

struct HistoryEntry {
  std::int64_t id = 0;
  std::string time;  // ISO 8601, UTC
  std::string migration;
  EventKind kind = EventKind::kNote;
  std::string message;
  std::string who;
  std::string host;
  std::string tool_version;
};

struct StepStatus {
  Phase phase = Phase::kExpanding;
  std::string description;
  bool executed = false;
  bool rolled_back = false;
  std::vector<ColumnName> removes = {};  // as Step::removes
};

struct MigrationStatus {
  std::string id;
  std::string title;
  Phase phase = Phase::kPending;
  SubState sub_state = SubState::kNone;
  Access access = Access::kInPlace;
  std::string version_schema;
  OnTransformError on_transform_error = OnTransformError::kRefuse;
  double progress_pct = 0;
  std::vector<StepStatus> steps;
  std::int64_t rows_done = 0;
  std::int64_t rows_total = 0;
  double rows_per_second = 0;
  double eta_seconds = -1;
  std::string activity;  // "index users_email: 43 %"; empty: none is known
  bool paused = false;
  double pace = 1;
  std::string pace_reason;
  int workers = 1;
  std::string runner;  // "host:pid" of a live runner; empty: none
  std::string error;   // of the last run; empty: none
  std::string started_at;
  std::string updated_at;
  std::vector<std::string> folded = {};  // the migrations it does as well
  std::string folded_into = {};  // the one that did this one's work; or empty

  bool is_complete() const { return phase == Phase::kComplete; }
  bool is_active() const {
    return phase != Phase::kComplete && phase != Phase::kRolledBack &&
           phase != Phase::kPending;
  }
};

struct VersionInfo {
  std::string name;            // the migration's: "01_bigint"
  std::string version_schema;  // "public_01_bigint"
  std::string state;           // "live", "retired"
  std::string published_at;
  bool latest = false;
};

}  // namespace segue
