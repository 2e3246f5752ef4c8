// Does what a plan says: runs and undoes steps, each state recorded in the
// ledger before it is acted on. Knows nothing of phases.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backfill/crew.h"
#include "backfill/ranges.h"
#include "backfill/reclaim.h"
#include "backfill/standby.h"
#include "backfill/walk.h"
#include "base/cancel.h"
#include "engine/build_watch.h"
#include "ledger/control.h"
#include "ledger/lease.h"
#include "ledger/ledger.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "throttle/throttle.h"

namespace segue::engine {

// What the steps of a plan are run with; a dry run is another one.
class StepRunner {
 public:
  virtual ~StepRunner() = default;
  virtual void Run(std::size_t step) = 0;
  virtual void Undo(std::size_t step) = 0;
};

// Logs what would be done, and does nothing.
class DryRunner : public StepRunner {
 public:
  DryRunner(const Plan& plan, std::vector<HistoryEntry>& log)
      : plan_(plan), log_(log) {}
  void Run(std::size_t step) override;
  void Undo(std::size_t step) override;

 private:
  const Plan& plan_;
  std::vector<HistoryEntry>& log_;
};

// How far the walk of a motion is, as this process knows it.
struct Walked {
  std::int64_t rows = 0;
  std::int64_t rows_at_start = 0;
  std::int64_t rows_at_reclaim = 0;
  std::chrono::steady_clock::time_point started;
  std::chrono::steady_clock::time_point looked;

  double Rate() const;  // rows per second
};

class Runner : public StepRunner, private backfill::Host {
 public:
  // All references must outlive the runner.
  Runner(Database& database, const Ledger& ledger, Lease& lease,
         const MigratorOptions& options, const MigrationRow& migration);
  ~Runner() override;

  // Runs what is left of the step; nothing when it is done.
  void Run(std::size_t step) override { Run(step, {}); }
  // The same; `finishing` joins the transaction that records the step as done.
  void Run(std::size_t step, const std::function<void()>& finishing);
  // Undoes what was done of it; nothing when nothing was.
  void Undo(std::size_t step) override;

  // Checks every motion of the plan; does not throw on a mismatch. With
  // `repair`, rows that disagree are derived again and all is checked anew.
  // The rows are read on `standby`, unless it is null.
  VerifyReport VerifyAll(const VerifyOptions& options = {},
                         Standby* standby = nullptr);

  // Runs `work`, which must look at the ledger for what is already done, again
  // after a retryable error and, with a new session, after a lost connection.
  void Resiliently(const std::function<void()>& work);

  // The control row asked to cancel (as opposed to a signal).
  bool cancelled_by_request() const { return cancelled_by_request_; }
  void Note(Progress::Event event, const std::string& message);

 private:
  // A unit of a step (PlannedAction::unit).
  struct Group {
    std::size_t begin = 0;  // actions [begin, end)
    std::size_t end = 0;
    bool together = false;  // in a transaction
  };

  // Steps and actions (runner.cc, undo.cc).
  const PlannedAction& ActionAt(std::size_t step, std::size_t action) const;
  Group GroupFrom(std::size_t step, std::size_t begin) const;
  ActionState StateOf(std::size_t step, int action);
  void RunGroup(std::size_t step, const Group& group);
  void RunTogether(std::size_t step, const Group& group);
  void RunAlone(std::size_t step, std::size_t action);
  void RunWork(std::size_t step, std::size_t action);
  void MarkRunning(std::size_t step, const Group& group);
  void MarkDone(std::size_t step, std::size_t action);
  void FinishStep(std::size_t step);
  void RunGroups(std::size_t step);
  void UndoTogether(std::size_t step, const Group& group);
  void UndoAlone(std::size_t step, std::size_t action);
  void UndoRetreat(std::size_t step, std::size_t action);
  void FinishUndo(std::size_t step);
  void Execute(const Statement& statement);
  bool Probe(const PlannedAction& action);
  // The answer to a SELECT of one boolean.
  bool Holds(const std::string& question);
  void InLedger(const std::function<void()>& work);
  std::chrono::milliseconds LockBudget() const;

  // Long statements (build.cc).
  void ExecuteWatched(std::size_t step, std::size_t action);
  void Built(const BuildState& state);

  // Which ranges are being walked, and what works beside, while they are.
  class Walking {
   public:
    Walking(Runner& runner, Ranges& ranges, Crew& crew, Reclaim& reclaim)
        : runner_(runner) {
      runner_.ranges_ = &ranges;
      runner_.crew_ = &crew;
      runner_.reclaim_ = &reclaim;
    }
    ~Walking() {
      runner_.reclaim_ = nullptr;
      runner_.ranges_ = nullptr;
      runner_.crew_ = nullptr;
    }
    Walking(const Walking&) = delete;
    Walking& operator=(const Walking&) = delete;

   private:
    Runner& runner_;
  };

  // The standby that the rows are read on, while they are.
  class ReadingOn {
   public:
    ReadingOn(Runner& runner, Standby& standby);
    ~ReadingOn();
    ReadingOn(const ReadingOn&) = delete;
    ReadingOn& operator=(const ReadingOn&) = delete;

   private:
    Runner& runner_;
  };

  // Walks (walks.cc).
  void StartWalk(std::size_t step, const MotionSql& motion, Activity activity,
                 const WalkSql& walk);
  void StartWriting(std::size_t step, const MotionSql& motion,
                    Activity activity);
  void EndWalk();
  bool Doing(Activity activity) const;
  // Walks what is left of it; nothing when it is done.
  void WalkAndWrite();
  void WalkAndRead(const std::function<void(const db::Result&)>& on_rows);
  // False when the walk is done already.
  bool PrepareRanges(LedgerRanges& ranges);
  void FinishRanges(LedgerRanges& ranges);
  void WalkTogether(Ranges& ranges,
                    const std::function<void(const db::Result&)>& on_rows);
  std::int64_t Helpers(Ranges& ranges);
  static std::string RunnersName();
  void LookAfterCrew();
  void LookAtTotals();
  void Tell(std::int64_t chunk_rows);
  void ReclaimIfDue();
  void TellReclaimFailure();
  void Fill(const MotionSql& motion);
  void Verify(std::size_t step, const MotionSql& motion,
              const std::vector<WalkSql>& walks);
  // Fills what the fill has not seen; false: there is nothing.
  bool FillWhatIsLeft(std::size_t step, const MotionSql& motion);
  // fill_cost.cc
  void BeginFillCost(const MotionSql& motion);
  void EndFillCost(const MotionSql& motion);
  [[noreturn]] void ThrowWithKeys(const MotionSql& motion, const Error& error);

  // The proof (verify.cc).
  struct Proof {
    std::size_t step = 0;
    const MotionSql* motion = nullptr;
  };
  // The rows that these find, at most a hundred of each.
  std::vector<std::string> Disagreeing(std::size_t step,
                                       const MotionSql& motion,
                                       const std::vector<WalkSql>& walks);
  std::vector<Proof> Proofs() const;
  // `wrong`: those of which rows disagree.
  VerifyReport CheckAll(bool strict, std::vector<Proof>& wrong);
  VerifyReport CheckAllOn(Standby* standby, bool strict,
                          std::vector<Proof>& wrong);
  bool CheckMotion(const Proof& proof, bool strict, VerifyReport& report);
  std::int64_t Repair(const Proof& proof);
  std::int64_t RecordRepair(const MotionSql& motion);

  // backfill::Host
  db::Connection& connection() override;
  db::Connection& rows() override;
  std::optional<backfill::Span> Claim() override;
  void BeforeChunk() override;
  void Fence() override;
  bool Commit(db::Transaction& transaction,
              const backfill::Span& span) override;
  void Moved(std::int64_t asked, std::int64_t moved) override;
  void Resiliently(const std::function<void()>& chunk,
                   const std::function<void()>& smaller,
                   const std::function<void()>& reload) override;
  std::optional<backfill::Span> Load(const backfill::Span& span) override;
  bool MakesWay() override;
  std::int64_t ChunkRows(std::int64_t rows) override;
  void RestAfter(const backfill::Took& took, double rest,
                 std::int64_t rows) override;

  // Going as fast as it may (following.cc).
  Control LookAtControl(bool waiting);
  void WaitWhilePaused(const Control& control);
  // Tells everybody how fast rows may be moved, when that changes; answers it.
  double FollowPace(const Control& control);
  void TellPace(const backfill::Pace& pace);
  Tempo TempoNow() const;
  WalkPurpose PurposeNow() const;
  // Ends early when a stop is requested.
  void Rest(std::chrono::microseconds duration) const;

  // Sessions and stopping (resilience.cc).
  void Recover(const Error& cause);
  void TellRetry(const Error& error) const;
  // Its message, and who holds the lock, if it waits for one.
  std::string WithBlockers(const Error& error) const;
  void WatchInterrupts();
  void ThrowIfCancelled() const;
  Progress Report(Progress::Event event) const;
  void Send(const Progress& progress) const;

  Database& database_;
  const Ledger& ledger_;
  Lease& lease_;
  const MigratorOptions& options_;
  const MigrationRow& migration_;
  const Plan& plan_;

  // What is being done now, for reports.
  std::size_t step_ = 0;
  std::function<void()> finishing_;  // see Run
  std::size_t steps_done_ = 0;
  const MotionSql* motion_ = nullptr;
  const WalkSql* walk_ = nullptr;  // null: no rows are walked
  Activity doing_ = Activity::kFill;
  std::string activity_;  // in words: also what walks no rows
  std::int64_t total_ = 0;
  std::chrono::steady_clock::time_point chunk_began_;
  Walked walked_;
  Ranges* ranges_ = nullptr;  // of the walk there is
  Crew* crew_ = nullptr;
  Reclaim* reclaim_ = nullptr;
  Standby* standby_ = nullptr;  // of the check there is; null: there is none
  std::unique_ptr<StandbyConnection> reading_;  // a session of it
  std::string locked_;  // LockNeed::object of what is being waited for
  bool cancelled_by_request_ = false;
  Throttle throttle_;
  backfill::Pace pace_;  // that everybody was told
  RecentControl control_;
};

}  // namespace segue::engine
