// Runs migrations: Start, then both versions are live, then Complete or
// Rollback. All faces of segue go through this class.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "segue/database.h"
#include "segue/explain.h"
#include "segue/migration.h"
#include "segue/pace.h"
#include "segue/plan.h"
#include "segue/progress.h"

namespace segue {

namespace base {
class CancelToken;
}

struct MigratorOptions {
  ProgressListeners listeners;
  base::CancelToken* cancel = nullptr;  // may be null; not owned
  std::string who;                      // empty: the system's user
  // Zero: the database's default (500 ms on PostgreSQL).
  std::chrono::milliseconds lock_budget{0};
  // How long a step may be retried when the lock budget is spent each time.
  std::chrono::milliseconds lock_patience{30'000};
  std::chrono::milliseconds chunk_time{0};  // zero: the database's default
  // That move rows at once, each with a session of its own; 0: the default.
  int workers = 0;
  PaceOptions pace;
  // How long a runner, and the claim of a worker on rows, counts as living
  // without a sign of life: longer than any stall of a living one, and short
  // enough that what a dead one held is soon free. Whoever works on one
  // database should agree on it.
  std::chrono::seconds lease{30};
  // When the migration names none.
  Access access = Access::kInPlace;
  OnTransformError on_transform_error = OnTransformError::kRefuse;
};

struct StartOptions {
  bool dry_run = false;   // the same walk, everything logged, nothing executed
  bool complete = false;  // go on to Complete when ready
  // Roll back also on failures after which the run could be resumed.
  bool rollback_on_any_failure = false;
  // Queries whose plans are kept before anything is changed; see Explain.
  std::vector<std::string> explain = {};
};

struct MigrateOptions {
  std::string to;         // up to and including this one; empty: all
  bool complete = false;  // contract too; also what needs several plans
  bool dry_run = false;
  bool rollback_on_any_failure = false;
  // Called before each contract, with no lease held; throws to prevent it.
  std::function<void(const MigrationStatus&)> before_complete = {};
};

// What a run came to.
struct Outcome {
  Plan plan;  // with executed / rolled_back filled in
  MigrationStatus status;
  std::vector<HistoryEntry> history;  // of this migration, oldest first
  std::vector<std::string> notes;
};

struct MigrateOutcome {
  std::vector<Outcome> runs;      // in order; empty: nothing was pending
  std::vector<std::string> left;  // pending still, and why is in the last run
};

struct VerifyOptions {
  bool repair = false;  // derive rows that disagree again
  bool strict = false;  // list rows of which the application wrote both sides
  // URL of a server that follows the database's own by its log: the rows are
  // read there, as they are when this begins or later. Empty: in the database.
  std::string standby = {};
  // How long a standby may take to come to where the database is.
  std::chrono::milliseconds replay_patience{60'000};
};

struct VerifyReport {
  std::string migration;
  std::string standby;  // where rows were read, without password; or empty
  std::int64_t rows_checked = 0;
  std::int64_t rows_repaired = 0;
  // "table: key" of rows that disagree, at most 100 a motion.
  std::vector<std::string> mismatches;
  std::vector<std::string> both_given;  // likewise
  bool clean() const { return mismatches.empty(); }
};

class Migrator {
 public:
  // `database` must outlive the migrator.
  Migrator(Database& database, MigratorOptions options);
  ~Migrator();
  Migrator(const Migrator&) = delete;
  Migrator& operator=(const Migrator&) = delete;

  // What Start would do; changes nothing in the database.
  Plan MakePlan(const Migration& migration);

  // Expands, installs dual writes, backfills, verifies, publishes; ends READY,
  // or COMPLETE when nothing is replaced. Continues the same migration where
  // an earlier run stopped. Throws Error; what had been done is rolled back
  // where R1.4 says so, else stays resumable.
  Outcome Start(const Migration& migration, const StartOptions& options = {});

  // Start for all files (in any order) that are not complete, folded into one
  // plan; continues the active migration if it is that. Throws kRefused for a
  // file that was changed after it was applied, one that comes before an
  // applied one, and, unless `complete`, for two that cannot share a plan; with
  // it, what cannot be folded runs one after the other, each to COMPLETE.
  MigrateOutcome Migrate(std::vector<Migration> files,
                         const MigrateOptions& options = {});

  // Re-verifies, then contracts the active migration. Throws kRefused while
  // what is to be dropped is in use, unless `force_reason` says why that is
  // right; it is kept in the history.
  Outcome Complete(bool dry_run = false, const std::string& force_reason = "");

  // Undoes the active migration's executed steps in reverse.
  Outcome Rollback(bool dry_run = false);

  // Goes on with the active migration from its stored plan.
  Outcome Resume();

  // Helps the runner of the active migration, which may be on another machine,
  // to move rows, until there are none left or nothing is active any more.
  // Answers how many rows it moved.
  std::int64_t Work();

  // Through the ledger, so the runner may be another process. Throw kNotFound
  // when no migration is active.
  void RequestPause();
  // `share` of the full pace, above 0, at most 1.
  void RequestPace(double share);
  void ClearPause();
  void RequestCancel();

  // The active migration, else the newest one; nullopt when there is none.
  std::optional<MigrationStatus> Status();
  std::vector<HistoryEntry> History();
  VerifyReport Verify(const VerifyOptions& options = {});
  // How these queries would run now, as the base schema and each live version
  // see them, beside how they did when the active migration, else the newest
  // one, was started with them. A query that has nothing kept is kept now.
  // Throws kNotFound when there is no migration.
  ExplainReport Explain(const std::vector<std::string>& queries);
  std::vector<VersionInfo> Versions();
  // `version`: a name, "latest", or empty for the base schema.
  std::string UrlFor(const std::string& version);
  // SQL that makes a session see the version, where it was not opened by that
  // URL; safe to repeat. The base schema needs none and has none.
  std::string SessionSqlFor(const std::string& version);

 private:
  class Session;
  Outcome MigrateOnce(const Migration& whole, bool active,
                      const MigrateOptions& options);
  Outcome CompleteIfAgreed(const MigrateOptions& options);
  std::string VersionSchemaOf(const std::string& version);
  std::unique_ptr<Session> session_;
};

}  // namespace segue
