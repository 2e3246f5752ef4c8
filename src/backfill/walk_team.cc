#include "backfill/walk_team.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <optional>

#include "base/clock.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

// Ranges that runners claim begin with this name. The lease decides which
// runner is alive; see RowWalk::PrepareRanges.
constexpr const char* kRunners = "runner ";

constexpr std::chrono::seconds kLookTime{1};

// Returns the share of its step that a walk has done. A fill counts for most of
// it, because a fill writes and a check only reads.
double ShareOfStep(Activity activity, std::int64_t rows, std::int64_t total) {
  constexpr double kFill = 0.8;
  const double part =
      total <= 0 ? 0 : static_cast<double>(rows) / static_cast<double>(total);
  if (activity == Activity::kFill) return kFill * part;
  if (activity == Activity::kVerify) return kFill + (1 - kFill) * part;
  return 0;
}

}  // namespace

Progress WalkReport(const RunContext& context, Activity activity,
                    const WalkProgress& walked, std::int64_t chunk_rows) {
  Progress progress = context.reporter.Report(Progress::Event::kRows);
  progress.rows_done = walked.rows;
  progress.rows_total = std::max(walked.total, walked.rows);
  progress.rows_per_second = walked.Rate();
  progress.chunk_rows = chunk_rows;
  progress.workers = 1;
  if (progress.rows_per_second > 0 && walked.total > 0) {
    progress.eta_seconds =
        static_cast<double>(progress.rows_total - walked.rows) /
        progress.rows_per_second;
  }
  context.reporter.AddShareOfStep(
      ShareOfStep(activity, walked.rows, progress.rows_total), progress);
  return progress;
}

WalkTeam::WalkTeam(const RunContext& context, Pacing& pacing,
                   const TeamWork& work, WalkProgress& progress)
    : context_(context),
      pacing_(pacing),
      work_(work),
      progress_(progress),
      reclaim_(context.database) {}

std::string WalkTeam::Prefix() { return kRunners; }

void WalkTeam::Run(const std::function<void(const db::Result&)>& on_rows) {
  const WalkOptions how =
      WalkOptionsOf(context_.session.capabilities(), context_.options,
                    work_.walk, progress_.total);
  std::mutex mutex;
  const auto one_at_a_time = [&](const db::Result& result) {
    const std::lock_guard<std::mutex> lock(mutex);
    on_rows(result);
  };
  const std::string name = kRunners + ProcessName();
  Crew crew(name, Helpers(), [&](const std::string& worker, Crew& all) {
    Help(worker, all, how, one_at_a_time);
  });
  crew_ = &crew;
  progress_.started = progress_.looked = std::chrono::steady_clock::now();
  StandbyReading* reading = work_.reading;
  Worker(context_.session, *this,
         {work_.ranges, name, pacing_.throttle(), RateBytes(),
          reading == nullptr ? nullptr : &reading->session})
      .Walk(work_.walk, how, one_at_a_time);
  crew.Join();
  LookAfterCrew();
  TellReclaimFailure();
}

// Runs on the thread of a worker.
void WalkTeam::Help(const std::string& name, Crew& crew, const WalkOptions& how,
                    const std::function<void(const db::Result&)>& on_rows) {
  WorkerSession session(
      context_.database, context_.options, [&crew] { return crew.stopping(); },
      [&crew](const Error& error) { crew.Retried(error); });
  FollowedPace pace(session, context_.ledger);
  std::optional<StandbyConnection> reading;
  if (work_.reading != nullptr) {
    reading.emplace(work_.reading->standby, Standby::Waiting{[&session] {
                      session.ThrowIfStopping();
                    }});
  }
  Worker worker(session, pace,
                {work_.ranges, name, pacing_.throttle(), RateBytes(),
                 reading ? &*reading : nullptr});
  try {
    worker.Walk(work_.walk, how, on_rows);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kCancelled) throw;
  }
}

WalkPurpose WalkTeam::Purpose() const {
  if (work_.activity == Activity::kRetreat) return WalkPurpose::kUndo;
  return work_.activity == Activity::kFill ? WalkPurpose::kFill
                                           : WalkPurpose::kCheck;
}

double WalkTeam::RateBytes() const {
  return work_.activity == Activity::kFill
             ? RowBytes(context_.plan(), work_.walk)
             : 0;
}

// More workers than ranges would have nothing to do.
std::int64_t WalkTeam::Helpers() {
  const bool alone = !context_.session.capabilities().parallel_writers;
  if (alone || context_.options.workers <= 1) return 0;
  RangeTotals totals;
  context_.session.Resiliently(
      [&] { totals = work_.ranges.Totals(context_.connection()); });
  return std::min<std::int64_t>(context_.options.workers, totals.left) - 1;
}

double WalkTeam::BeforeChunk() {
  const double share =
      pacing_.BeforeChunk(Purpose(), [this] { reclaim_.Stop(); });
  ReclaimIfDue();
  chunk_began_ = base::SystemClock().Now();
  return share;
}

void WalkTeam::Moved(std::int64_t asked, std::int64_t moved) {
  progress_.rows += work_.activity == Activity::kVerify ? asked : moved;
  LookAtTotals();
  LookAfterCrew();
  Tell(asked);
}

// Retries of workers are told here, because only this thread reports. A failure
// of a worker matters only when it shows that the work cannot be done;
// otherwise the other workers take over its range.
void WalkTeam::LookAfterCrew() {
  if (const auto error = crew_->TakeRetried()) {
    Progress progress = context_.reporter.Report(Progress::Event::kRetry);
    progress.message = context_.session.WithBlockers(*error);
    progress.cause = ToString(error->kind());
    context_.reporter.Send(progress);
  }
  for (const CrewFailure& failure : crew_->TakeFailures()) {
    context_.session.Resiliently(
        [&] { work_.ranges.GiveUp(context_.connection(), failure.worker); });
    try {
      std::rethrow_exception(failure.error);
    } catch (const Error& error) {
      const bool may_go_on = error.retryable() || error.poisons_connection();
      if (!may_go_on) throw;
      context_.session.Note(Progress::Event::kNote,
                            "a worker stopped, the others go on: " +
                                context_.session.WithBlockers(error));
    }
  }
}

// Other processes move rows too, so the total is read from time to time.
void WalkTeam::LookAtTotals() {
  const auto now = std::chrono::steady_clock::now();
  if (now - progress_.looked < kLookTime) return;
  progress_.looked = now;
  RunnerSession& session = context_.session;
  session.Resiliently([&] {
    progress_.rows = work_.ranges.Totals(context_.connection()).rows;
  });
  if (work_.activity == Activity::kVerify) return;
  session.Resiliently([&] {
    session.InLedger([&] {
      context_.ledger.SaveMotion(
          context_.connection(), context_.migration.id, work_.motion.name,
          std::string(ToString(work_.activity)),
          {progress_.rows, progress_.total, progress_.Rate(), false});
    });
  });
}

// A database reuses the room of dead row versions only after it was told to
// look for them. That takes as long as several chunks, so the chunks continue
// meanwhile.
void WalkTeam::ReclaimIfDue() {
  const bool fills = work_.activity == Activity::kFill;
  if (!fills || work_.motion.reclaim.empty()) return;
  TellReclaimFailure();
  const db::Capabilities& can = context_.session.capabilities();
  const bool gently = pacing_.share() < 1;
  if (reclaim_.running()) {
    // Clients may have come since the statement was started at full speed.
    if (!gently || reclaim_.settings() == can.reclaim_gently) return;
    reclaim_.Stop();
  } else {
    constexpr std::int64_t kFewest = 100'000;
    constexpr std::int64_t kParts = 6;
    const std::int64_t part = std::max(progress_.total / kParts, kFewest);
    if (progress_.rows - progress_.rows_at_reclaim < part) return;
    progress_.rows_at_reclaim = progress_.rows;
  }
  reclaim_.Start(gently ? can.reclaim_gently : can.reclaim_at_once,
                 work_.motion.reclaim);
}

// The fill continues without the room.
void WalkTeam::TellReclaimFailure() {
  const std::optional<Error> error = reclaim_.TakeFailure();
  if (!error) return;
  context_.session.Note(Progress::Event::kNote,
                        "the room of dead rows of '" + work_.motion.table +
                            "' was not given back: " + error->what());
}

void WalkTeam::Tell(std::int64_t chunk_rows) {
  Progress progress =
      WalkReport(context_, work_.activity, progress_, chunk_rows);
  if (chunk_rows > 0) {
    progress.chunk_seconds =
        std::chrono::duration<double>(base::SystemClock().Now() - chunk_began_)
            .count();
  }
  progress.workers = crew_->size() + 1;
  context_.reporter.Send(progress);
}

}  // namespace segue::engine
