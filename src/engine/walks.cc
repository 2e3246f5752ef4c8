// The steps that move or check rows: fill, verify, settle.
#include <algorithm>
#include <exception>
#include <mutex>

#include "backfill/trial.h"
#include "backfill/worker.h"
#include "base/clock.h"
#include "base/text.h"
#include "engine/runner.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

// The lease tells whose these are; see PrepareRanges.
constexpr const char* kRunners = "runner ";

constexpr std::chrono::seconds kLookTime{1};
constexpr std::chrono::milliseconds kPoll{100};

// Naming the failing keys must not take as long as the backfill itself.
constexpr std::chrono::seconds kBlameTime{20};

// How much of its step a walk has done: a fill writes, a check only reads.
double ShareOfStep(Activity activity, std::int64_t rows, std::int64_t total) {
  constexpr double kFill = 0.8;
  const double part =
      total <= 0 ? 0 : static_cast<double>(rows) / static_cast<double>(total);
  if (activity == Activity::kFill) return kFill * part;
  if (activity == Activity::kVerify) return kFill + (1 - kFill) * part;
  return 0;
}

}  // namespace

void Runner::RunWork(std::size_t step, std::size_t action) {
  const PlannedAction& planned = ActionAt(step, action);
  if (planned.kind == ActionKind::kSchema) {
    throw Error(ErrorKind::kInternal, "a schema action is no walk");
  }
  const MotionSql& motion = plan_.MotionNamed(planned.motion);
  switch (planned.kind) {
    case ActionKind::kBackfill:
      StartWriting(step, motion, Activity::kFill);
      BeginFillCost(motion);
      Fill(motion);
      EndFillCost(motion);
      break;
    case ActionKind::kSettle:
      StartWriting(step, motion, Activity::kSettle);
      WalkAndWrite();
      break;
    case ActionKind::kVerify:
      Verify(step, motion, motion.verify);
      break;
    case ActionKind::kVerifyUnmarked:
      Verify(step, motion, motion.marked);
      break;
    case ActionKind::kRetreat:  // it works on the way back only
    case ActionKind::kSchema:
      break;
  }
  EndWalk();
  Resiliently([&] { InLedger([&] { MarkDone(step, action); }); });
}

void Runner::Verify(std::size_t step, const MotionSql& motion,
                    const std::vector<WalkSql>& walks) {
  std::vector<std::string> bad = Disagreeing(step, motion, walks);
  if (!bad.empty() && FillWhatIsLeft(step, motion)) {
    bad = Disagreeing(step, motion, walks);
  }
  if (bad.empty()) return;
  throw Error(ErrorKind::kMismatch,
              "old and new disagree in " + base::Join(bad, "; "));
}

// First the triggers stop making copies, then the copies go. Both are safe to
// repeat, and the walk goes on where an earlier attempt stopped.
void Runner::UndoRetreat(std::size_t step, std::size_t action) {
  const PlannedAction& planned = ActionAt(step, action);
  const MotionSql& motion = plan_.MotionNamed(planned.motion);
  locked_ = planned.lock.object;
  Resiliently([&] {
    db::Transaction transaction(connection(),
                                {db::Purpose::kSchema, LockBudget()});
    lease_.Fence(connection());
    for (const Statement& statement : planned.undo) Execute(statement);
    transaction.Commit();
  });
  if (motion.retreat) {
    StartWriting(step, motion, Activity::kRetreat);
    WalkAndWrite();
    EndWalk();
  }
  Resiliently([&] {
    InLedger([&] {
      ledger_.SetState(connection(), migration_.id, static_cast<int>(step),
                       static_cast<int>(action), ActionState::kUndone);
    });
  });
}

void Runner::StartWalk(std::size_t step, const MotionSql& motion,
                       Activity activity, const WalkSql& walk) {
  step_ = step;
  motion_ = &motion;
  walk_ = &walk;
  doing_ = activity;
  activity_ = ToString(activity);
  locked_ = walk.table;
  total_ = 0;
  walked_ = Walked{};
  Resiliently([&] {
    const db::Result found = connection().Execute(walk.estimated_rows);
    if (!found.rows.empty() && !db::IsNull(found.rows[0][0])) {
      total_ = std::max<std::int64_t>(db::ToInt(found.rows[0][0]), 0);
    }
  });
}

void Runner::StartWriting(std::size_t step, const MotionSql& motion,
                          Activity activity) {
  const WalkSql* walk = motion.Writing(activity);
  if (walk == nullptr) {
    throw Error(ErrorKind::kCorrupt, "the plan does not say how '" +
                                         motion.name + "' does its " +
                                         std::string(ToString(activity)));
  }
  StartWalk(step, motion, activity, *walk);
}

void Runner::EndWalk() {
  walk_ = nullptr;
  activity_.clear();
}

bool Runner::Doing(Activity activity) const {
  return walk_ != nullptr && doing_ == activity;
}

void Runner::Fill(const MotionSql& motion) {
  try {
    WalkAndWrite();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kConstraint) ThrowWithKeys(motion, error);
    throw;
  }
  if (!motion.after_fill.empty()) {
    Resiliently([&] { connection().Execute(motion.after_fill); });
  }
}

// Rows that a session wrote whose triggers were off, as those of a logical
// subscriber are, behind where the fill was; or all, when the table was
// rewritten (VACUUM FULL) and has other pages now.
bool Runner::FillWhatIsLeft(std::size_t step, const MotionSql& motion) {
  std::int64_t rows = 0;
  Resiliently([&] {
    rows = db::ToInt(connection().Execute(motion.count_left).rows.at(0).at(0));
    if (rows == 0) return;
    InLedger([&] {
      ledger_.ForgetMotion(connection(), migration_.id, motion.name,
                           std::string(ToString(Activity::kFill)));
      ledger_.AddEvent(connection(), migration_.id, EventKind::kFill,
                       "rows of '" + motion.table + "' that no trigger saw: " +
                           base::WithThousands(rows));
    });
  });
  if (rows == 0) return false;
  StartWriting(step, motion, Activity::kFill);
  Fill(motion);
  return true;
}

// The trials are not stored: a plan that was read from the ledger has none, and
// the error says what the database says.
void Runner::ThrowWithKeys(const MotionSql& motion, const Error& error) {
  std::vector<std::string> keys;
  for (const TrialSql& trial : plan_.TrialsOf(motion.name)) {
    keys = backfill::Try(connection(), trial, kBlameTime).failures;
    if (!keys.empty()) break;
  }
  throw Error(ErrorKind::kConstraint,
              "the backfill of '" + motion.table + "' failed: " +
                  (keys.empty() ? error.what() : base::Join(keys, "; ")))
      .WithCode(error.native_code())
      .WithHint("mend these rows or the 'up' expression, then start again");
}

void Runner::WalkAndWrite() {
  LedgerRanges ranges(ledger_, migration_.id, motion_->name, activity_);
  if (!PrepareRanges(ranges)) return;
  WalkTogether(ranges, [](const db::Result&) {});
  FinishRanges(ranges);
  Tell(0);
}

void Runner::WalkAndRead(
    const std::function<void(const db::Result&)>& on_rows) {
  std::vector<db::Row> cuts;
  Resiliently([&] { cuts = CutTable(connection(), walk_->cuts, total_); });
  MemoryRanges ranges(cuts);
  WalkTogether(ranges, on_rows);
}

// What a runner before this one had claimed is free again: whoever runs now
// holds the lease, and what the other still commits is refused.
bool Runner::PrepareRanges(LedgerRanges& ranges) {
  bool done = false;
  RangeTotals totals;
  std::vector<db::Row> cuts;
  Resiliently([&] {
    const auto row = ledger_.LoadMotion(connection(), migration_.id,
                                        motion_->name, activity_);
    done = row && row->done;
    if (done) return;
    totals = ranges.Totals(connection());
    if (totals.ranges == 0) cuts = CutTable(connection(), walk_->cuts, total_);
    InLedger([&] {
      if (totals.ranges > 0) {
        ranges.Release(connection(), kRunners);
        return;
      }
      ledger_.SaveMotion(connection(), migration_.id, motion_->name, activity_,
                         {{}, 0, total_, 0, false});
      ranges.Create(connection(), cuts);
    });
  });
  walked_.rows = walked_.rows_at_start = totals.rows;
  walked_.rows_at_reclaim = totals.rows;
  return !done;
}

// The ranges have said all they have to say.
void Runner::FinishRanges(LedgerRanges& ranges) {
  Resiliently([&] {
    InLedger([&] {
      const RangeTotals totals = ranges.Totals(connection());
      if (totals.ranges == 0) return;  // the commit whose answer was lost
      walked_.rows = totals.rows;
      ledger_.ForgetMotion(connection(), migration_.id, motion_->name,
                           activity_);
      ledger_.SaveMotion(connection(), migration_.id, motion_->name, activity_,
                         {{}, totals.rows, total_, walked_.Rate(), true});
    });
  });
}

// This thread walks too, and is the one that reports.
void Runner::WalkTogether(
    Ranges& ranges, const std::function<void(const db::Result&)>& on_rows) {
  const db::Capabilities& can = database_.dialect().capabilities();
  const backfill::WalkOptions walk =
      WalkOptionsOf(can, options_, *walk_, total_);
  std::mutex mutex;
  const auto one_at_a_time = [&](const db::Result& result) {
    const std::lock_guard<std::mutex> lock(mutex);
    on_rows(result);
  };
  const double bytes = TempoNow().row_bytes;
  const auto work = [&](const std::string& name, Crew& crew) {
    Worker worker(database_, ledger_, options_, ranges, name, throttle_, bytes);
    worker.stop = [&crew] { return crew.stopping(); };
    worker.retried = [&crew](const Error& error) { crew.Retried(error); };
    worker.standby = standby_;
    worker.Walk(*walk_, walk, one_at_a_time);
  };
  Crew crew(RunnersName(), Helpers(ranges), work);
  Reclaim reclaim(database_);
  const Walking walking(*this, ranges, crew, reclaim);
  walked_.started = walked_.looked = std::chrono::steady_clock::now();
  backfill::Walk(*this, *walk_, walk, one_at_a_time);
  crew.Join();
  LookAfterCrew();
  TellReclaimFailure();
}

std::string Runner::RunnersName() { return kRunners + ProcessName(); }

// Beside this thread, and no more than there are ranges for.
std::int64_t Runner::Helpers(Ranges& ranges) {
  const bool alone = !database_.dialect().capabilities().many_sessions;
  if (alone || options_.workers <= 1) return 0;
  RangeTotals totals;
  Resiliently([&] { totals = ranges.Totals(connection()); });
  return std::min<std::int64_t>(options_.workers, totals.left) - 1;
}

// What a worker waits for is told here, since only this thread reports. One
// that fails is missed only when it says that the work cannot be done: the
// others take its range over.
void Runner::LookAfterCrew() {
  if (const auto error = crew_->TakeRetried()) TellRetry(*error);
  for (const CrewFailure& failure : crew_->TakeFailures()) {
    Resiliently([&] { ranges_->GiveUp(connection(), failure.worker); });
    try {
      std::rethrow_exception(failure.error);
    } catch (const Error& error) {
      const bool may_go_on = error.retryable() || error.poisons_connection();
      if (!may_go_on) throw;
      Note(Progress::Event::kNote,
           "a worker stopped, the others go on: " + WithBlockers(error));
    }
  }
}

std::optional<backfill::Span> Runner::Claim() {
  for (;;) {
    LookAfterCrew();
    std::optional<backfill::Span> span;
    RangeTotals totals;
    Resiliently([&] {
      InLedger([&] {
        span = ranges_->Claim(connection(), RunnersName());
        if (!span) totals = ranges_->Totals(connection());
      });
    });
    if (span || totals.left == 0) return span;
    LookAtTotals();
    BeforeChunk();
    Rest(kPoll);
  }
}

std::optional<backfill::Span> Runner::Load(const backfill::Span& span) {
  return ranges_->Load(connection(), RunnersName(), span);
}

bool Runner::Commit(db::Transaction& transaction, const backfill::Span& span) {
  return ranges_->Commit(transaction, RunnersName(), span);
}

double Walked::Rate() const {
  const std::chrono::duration<double> elapsed =
      std::chrono::steady_clock::now() - started;
  return static_cast<double>(rows - rows_at_start) /
         std::max(elapsed.count(), 0.001);
}

// Others move rows too, so the sum is looked up now and then.
void Runner::LookAtTotals() {
  const auto now = std::chrono::steady_clock::now();
  if (now - walked_.looked < kLookTime) return;
  walked_.looked = now;
  Resiliently([&] { walked_.rows = ranges_->Totals(connection()).rows; });
  if (Doing(Activity::kVerify)) return;
  Resiliently([&] {
    InLedger([&] {
      ledger_.SaveMotion(connection(), migration_.id, motion_->name, activity_,
                         {{}, walked_.rows, total_, walked_.Rate(), false});
    });
  });
}

void Runner::Moved(std::int64_t asked, std::int64_t moved) {
  walked_.rows += Doing(Activity::kVerify) ? asked : moved;
  LookAtTotals();
  LookAfterCrew();
  Tell(asked);
}

void Runner::Tell(std::int64_t chunk_rows) {
  Progress progress = Report(Progress::Event::kRows);
  progress.rows_done = walked_.rows;
  progress.rows_total = std::max(total_, walked_.rows);
  progress.rows_per_second = walked_.Rate();
  progress.chunk_rows = chunk_rows;
  if (chunk_rows > 0) {
    progress.chunk_seconds =
        std::chrono::duration<double>(base::SystemClock().Now() - chunk_began_)
            .count();
  }
  progress.workers = crew_ == nullptr ? 1 : crew_->size() + 1;
  if (progress.rows_per_second > 0 && total_ > 0) {
    progress.eta_seconds =
        static_cast<double>(progress.rows_total - walked_.rows) /
        progress.rows_per_second;
  }
  // A step that is done is counted already.
  if (step_ >= steps_done_) {
    progress.progress_pct +=
        100.0 / static_cast<double>(plan_.steps.size()) *
        ShareOfStep(doing_, walked_.rows, progress.rows_total);
  }
  Send(progress);
}

// Row versions that are dead by now leave room for those that are still to
// come, once the database has been told to look for it. That takes as long as
// some of the chunks do together, so they go on meanwhile.
void Runner::ReclaimIfDue() {
  if (!Doing(Activity::kFill) || motion_->reclaim.empty()) return;
  TellReclaimFailure();
  const db::Capabilities& can = database_.dialect().capabilities();
  const bool gently = pace_.share < 1;
  if (reclaim_->running()) {
    // Others may have come since.
    if (!gently || reclaim_->settings() == can.reclaim_gently) return;
    reclaim_->Stop();
  } else {
    constexpr std::int64_t kFewest = 100'000;
    constexpr std::int64_t kParts = 6;
    const std::int64_t part = std::max(total_ / kParts, kFewest);
    if (walked_.rows - walked_.rows_at_reclaim < part) return;
    walked_.rows_at_reclaim = walked_.rows;
  }
  reclaim_->Start(gently ? can.reclaim_gently : can.reclaim_at_once,
                  motion_->reclaim);
}

// The fill does without.
void Runner::TellReclaimFailure() {
  const std::optional<Error> error = reclaim_->TakeFailure();
  if (!error) return;
  Note(Progress::Event::kNote, "the room of dead rows of '" + motion_->table +
                                   "' was not given back: " + error->what());
}

// As for a worker, the claim that each chunk renews is enough; but where
// nothing else keeps the lease alive, a chunk does.
void Runner::Fence() {
  if (!database_.dialect().capabilities().many_sessions)
    lease_.Fence(connection());
}

}  // namespace segue::engine
