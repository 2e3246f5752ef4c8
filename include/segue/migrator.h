// Runs migrations: Start, then both versions are live, then Complete or
// Rollback. The command line, the node and other programs use this class.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "segue/cancel.h"
#include "segue/database.h"
#include "segue/explain.h"
#include "segue/migration.h"
#include "segue/pace.h"
#include "segue/plan.h"
#include "segue/progress.h"
#include "segue/subscriber.h"

namespace segue {

namespace engine {
struct Context;
}

struct MigratorOptions {
  ProgressListeners listeners;
  // May be null; not owned, and must outlive the migrator. The first request
  // stops a run after its current chunk, and a further one stops it at once;
  // see Start, Complete and Rollback. Several migrators may share one: it stops
  // all of them.
  CancelToken* cancel = nullptr;
  std::string who;  // empty: the system's user
  // Zero: the database's default (500 ms on PostgreSQL).
  std::chrono::milliseconds lock_budget{0};
  // How long work is repeated while each attempt spends its lock budget or
  // meets a deadlock or a full disk, and how long a new session is asked for
  // when one was lost.
  std::chrono::milliseconds lock_patience{30'000};
  // The target time of a chunk; zero: the database's default.
  std::chrono::milliseconds chunk_time{0};
  // Workers that move rows at once, each with a session of its own; 0: the
  // database's default.
  int workers = 0;
  PaceOptions pace;
  // How long a runner, and a worker's claim on rows, counts as alive without a
  // sign of life. It must be longer than any stall of a living process, and
  // short enough that others soon get what a dead one held. All processes that
  // work on one database should use the same value.
  std::chrono::seconds lease{30};
  // URLs of standbys. The gate asks each of them for the use of the old
  // version, and for queries that would be cancelled when the contract is
  // replayed.
  std::vector<std::string> standbys = {};
  // Names of items of the gate that may be unknown when a contract begins.
  std::vector<std::string> accept_unknown = {};
  // How long nothing may have read or written through the old version before a
  // contract. Zero: it is not watched.
  std::chrono::milliseconds soak{0};
  // Used when the migration does not name them.
  Access access = Access::kInPlace;
  OnTransformError on_transform_error = OnTransformError::kRefuse;
  UserTriggers user_triggers = UserTriggers::kFire;
  std::chrono::seconds undo_window{0};  // see Plan::undo_window
  // Earlier versions that are to live on after the contract, by their names or
  // kEveryVersion. A plan that cannot keep one of them is refused.
  std::vector<std::string> keep_versions = {};
  // A session that is idle in a transaction is ended once its lock of a table
  // has kept the run waiting for longer than this, if our role is a member of
  // the session's. The history says so first, with the reason, which must be
  // given. Zero: no session is ended.
  std::chrono::milliseconds kill_blockers_after{0};
  std::string kill_reason = {};
};

struct StartOptions {
  bool dry_run = false;   // go through all steps, log them, execute none
  bool complete = false;  // continue with Complete when both versions are live
  // Roll back also after a spent lock budget, a full disk, or a stop by the
  // cancel token, although the run could be resumed.
  bool rollback_on_any_failure = false;
  // Queries whose plans are kept before anything is changed; see Explain. A dry
  // run keeps nothing, and throws Error{kUsage} for them.
  std::vector<std::string> explain = {};
};

struct MigrateOptions {
  std::string to;         // the id of the last one to start; empty: all
  bool complete = false;  // contract too, also what needs several plans
  bool dry_run = false;
  bool rollback_on_any_failure = false;
  // Called on the calling thread before each contract, while no lease is held.
  // An exception, of any type, prevents the contract and reaches the caller;
  // both versions stay live.
  std::function<void(const MigrationStatus&)> before_complete = {};
};

// The result of a run.
struct Outcome {
  Plan plan;  // its steps say which are executed and which are rolled back
  MigrationStatus status;
  std::vector<HistoryEntry> history;  // of this migration, oldest first
  std::vector<std::string> notes;
  bool acted = true;  // false: what was asked for had happened before
};

struct MigrateOutcome {
  std::vector<Outcome> runs;  // in their order; empty: nothing was pending
  // Ids of those that are still pending: without MigrateOptions::complete, what
  // comes after a migration that waits for its Complete; the last run says why.
  std::vector<std::string> left;
};

struct VerifyOptions {
  bool repair = false;  // derive rows that disagree again
  bool strict = false;  // list rows of which the application wrote both sides
  // URL of a streaming standby of the database. The rows are read there, as
  // they are when the verification begins or later. Empty: they are read in the
  // database itself.
  std::string standby = {};
  // How long the standby may take to replay what was committed before the
  // verification began.
  std::chrono::milliseconds replay_patience{60'000};
};

struct VerifyReport {
  std::string migration;
  std::string standby;  // URL of the standby, without password; or empty
  std::int64_t rows_checked = 0;
  std::int64_t rows_repaired = 0;
  // "table: key" of rows that disagree, at most 100 for each motion.
  std::vector<std::string> mismatches;
  bool repairable = false;  // some of them can be derived again
  // Rows of which the application wrote both sides, in the same form.
  std::vector<std::string> both_given;
  std::vector<std::string> grants = {};  // as MigrationStatus has them
  bool clean() const { return mismatches.empty(); }
};

// Everything that a migrator knows is in the ledger of the database, so any
// process may continue what another one began. An object is not thread-safe. To
// control a run from another thread or process, use another migrator with a
// Database of its own.
//
// Every method throws segue::Error, and nothing else but what
// MigrateOptions::before_complete throws. These kinds may come from any method:
//   kConflict        another live runner holds the lease, or has taken it over;
//                    the method does not wait for it, and it goes on unharmed
//   kLockTimeout     the lock budget and the patience are spent
//   kRetryable       a deadlock or a full disk has outlasted the patience
//   kConnectionLost, kInDoubt
//                    the session is lost, and no new one could be opened within
//                    the patience; a session that comes back in time is used
//                    silently, except for a Progress::Event::kRetry
//   kCancelled       a stop was requested, by the token or by RequestCancel
//   kRefused         a newer segue has written the ledger or the stored plan
//   kCorrupt         the ledger contradicts itself
// The comments below name further kinds.
//
// After any error, and after a process was killed at any point, the ledger says
// what has been done, and Resume, Start, Complete or Rollback continue from
// there. A killed runner is replaced at once when its database or this machine
// knows that it is dead, and otherwise when its lease has expired. The first
// call on the ledger of an earlier segue, also one that changes nothing else,
// upgrades the ledger; it throws kRefused when the role may not. An earlier
// segue refuses the upgraded one.
class Migrator {
 public:
  // `database` must outlive the migrator and stays with the caller. Does not
  // touch the database.
  Migrator(Database& database, MigratorOptions options);
  ~Migrator();
  Migrator(const Migrator&) = delete;
  Migrator& operator=(const Migrator&) = delete;

  // Returns the plan that Start would execute. Changes nothing in the database,
  // takes no lease and creates no ledger. Throws kRefused, kNotFound or kUsage,
  // with a place in the file if there is one, for a migration that cannot be
  // planned.
  Plan MakePlan(const Migration& migration);
  // Returns what has to be done on the subscribers of published tables, in the
  // order in which it has to be done; empty when they need nothing. Throws as
  // MakePlan does, and kRefused for a change that subscribers cannot follow.
  std::vector<SubscriberPart> PlanSubscribers(const Migration& migration);

  // Expands, installs dual writes, backfills, verifies and publishes. Ends when
  // both versions are live ("ready"), or COMPLETE when the migration replaces
  // nothing. Continues the same migration where an earlier run stopped. Throws
  // kUsage for a migration without operations or with wrong options, and
  // kRefused when it cannot be planned, when another migration is active, when
  // Migration::checksum is not that of the migration of this id that was begun
  // and not rolled back, or when the role may not create the ledger; nothing
  // has then changed.
  //
  // An error of the migration itself (kConstraint that names rows on which `up`
  // fails, kMismatch, ...) and RequestCancel (kCancelled) roll everything back
  // before the error is thrown; a failure of that rollback is a note of the
  // error. The mended migration may then be started under the same id. With
  // OnTransformError::kMark, rows on which `up` fails are marked instead. A
  // lost connection, a runner that has taken over, a spent lock budget, a full
  // disk or a stop by the cancel token (kCancelled) leaves the migration
  // resumable: Start, Resume or Rollback go on, also in another process; after
  // a lost connection Database::Reconnect comes first. The options may ask to
  // roll back after the last three, too. An error thrown before anything was
  // changed leaves nothing behind.
  Outcome Start(const Migration& migration, const StartOptions& options = {});

  // Starts all files that are not complete, folded into one plan; `files` may
  // be in any order. Continues the active migration if it consists of the first
  // of these files. Throws kUsage for two files with one id, kNotFound for a
  // MigrateOptions::to that is not among the files, and kRefused for a file
  // that was changed after it was begun, for a file that comes before a
  // complete one, for an active migration that is not the first of the files,
  // and, without `complete`, for two files that cannot share a plan; nothing
  // has then been started. With `complete`, files that cannot share a plan run
  // one after the other, each to COMPLETE. An error in a run is that of Start
  // or Complete; the runs before it stay complete.
  MigrateOutcome Migrate(std::vector<Migration> files,
                         const MigrateOptions& options = {});

  // Asks every item of the gate, verifies all rows again and then contracts the
  // active migration. Throws kNotFound when no migration is active, kMismatch
  // when rows disagree, and kRefused when the migration is not ready, or when
  // an item of the gate fails or is unknown and not accepted (gate.h). A
  // `force_reason` goes on over what is still in use all the same; the history
  // keeps the reason. Rows that disagree are listed by Verify, which can repair
  // them.
  //
  // A failure before the first drop takes the contract back, so that both
  // versions are live. An interruption (kConnectionLost, kInDoubt, kConflict,
  // kCancelled) leaves it as it is: Complete continues, and gathers the
  // evidence again (and asks for the reason again) if nothing is dropped, and
  // Rollback is possible until the first drop. After the first drop there is
  // only Complete, which goes on with what is left to be dropped.
  //
  // A name says which migration is meant. It is compared with the active one
  // under the lease. When the named one is complete already, the outcome has a
  // note that says so, and Outcome::acted is false. Throws kNotFound, which
  // names the nearest, for a name that was never started, and kRefused for one
  // that was rolled back and for a part of the active migration.
  Outcome Complete(bool dry_run = false, const std::string& force_reason = "",
                   const std::string& named = "");

  // Undoes the executed steps of the active migration in reverse. Throws
  // kNotFound when no migration is active, and kRefused when the contract has
  // dropped something already. The cancel token does not stop it. After an
  // error the next Rollback continues.
  //
  // "Rolling back" is recorded first. From then on Start, Complete and Verify
  // throw kRefused, and only Rollback and Resume go on. A published version
  // refuses its applications before the first thing that they need is undone.
  // What somebody else has removed needs no undo; the outcome's notes name it.
  //
  // An `abandon_reason` ends the migration all the same when something cannot
  // be undone, also after the first drop, where it undoes nothing. Then what is
  // left is named in the notes and, with the reason, in the history.
  //
  // A name is as for Complete, with the ends exchanged: a complete migration is
  // refused, and one that was rolled back already is a note.
  Outcome Rollback(bool dry_run = false, const std::string& abandon_reason = "",
                   const std::string& named = "");

  // Continues the active migration from its stored plan: with Start; with
  // Complete once the contract has begun; with Rollback once that has begun.
  // Throws kNotFound when no migration is active, and kRefused as Start does. A
  // name is as for Complete.
  Outcome Resume(const std::string& named = "");

  // Helps the runner of the active migration, which may be on another machine,
  // to move rows. Returns the number of rows that it has moved when none are
  // left or no migration is active any more. Throws kNotFound when none is
  // active at the beginning, and kRefused on a database that has one writer at
  // a time.
  std::int64_t Work();

  // These four write a request into the ledger and return at once, so the
  // runner may be in another process; it reads the request before its next
  // chunk. They take no lease. Start, Complete and Rollback begin without the
  // earlier requests. They throw kNotFound when no migration is active. A name
  // is as for Complete; they return false when the named migration is over, so
  // that there is nothing to request.
  bool RequestPause(const std::string& named = "");
  // `share` is the largest share of the full pace, above 0 and at most 1.
  // Throws kUsage for any other.
  bool RequestPace(double share, const std::string& named = "");
  // Takes back a pause or a request to cancel; a requested pace stays. Throws
  // kRefused for a migration that was rolled back.
  bool ClearPause(const std::string& named = "");
  // Makes Start stop and roll back. Makes Complete stop as an interruption
  // does. Throws kRefused for a complete migration.
  bool RequestCancel(const std::string& named = "");

  // Returns the active migration, or otherwise the newest one; nullopt when
  // there is none. Like History, it takes no lease and changes nothing. Both
  // throw kNotFound when there is no such schema.
  std::optional<MigrationStatus> Status();
  // Returns the history of the schema, oldest first.
  std::vector<HistoryEntry> History();
  // Compares old and new in every row while both versions are live, under the
  // lease. The report lists mismatches; they are not an error. A verification
  // that was stopped begins anew the next time, but rows that were repaired
  // stay so. Throws kNotFound when no migration is active, kRefused when it is
  // not ready, when its contract has begun, or when the standby cannot be
  // trusted, and kConstraint when a repair comes to a row on which the
  // expression fails or that a constraint refuses.
  VerifyReport Verify(const VerifyOptions& options = {});
  // Explains how these queries would run now, as the base schema and each live
  // version see them, and compares with the plans that Start kept for the
  // active migration, or otherwise for the newest one. Keeps the plan of a
  // query of which it has none. Never runs a query, and takes no lease; a query
  // that cannot be explained has the server's message in its plan. Throws
  // kNotFound when there is no migration.
  ExplainReport Explain(const std::vector<std::string>& queries);

 private:
  Outcome MigrateOnce(const Migration& whole, bool active,
                      const MigrateOptions& options);
  Outcome CompleteIfAgreed(const MigrateOptions& options);
  std::unique_ptr<engine::Context> context_;
};

}  // namespace segue
