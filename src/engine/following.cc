// Going as fast as it may: what others ask of a runner, and what the throttle
// allows.
#include "backfill/worker.h"
#include "base/cancel.h"
#include "base/clock.h"
#include "engine/runner.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

using std::chrono::milliseconds;

// How often a waiting runner looks at the control row.
constexpr milliseconds kPoll{200};

}  // namespace

void Runner::BeforeChunk() {
  for (bool waited = false;; waited = true) {
    ThrowIfCancelled();
    const Control control = LookAtControl(waited);
    // A cancellation is why a rollback runs.
    if (control.cancel && PurposeNow() != WalkPurpose::kUndo) {
      cancelled_by_request_ = true;
      throw Error(ErrorKind::kCancelled, "cancelled by " + control.by);
    }
    if (!control.pause && FollowPace(control) > 0) {
      ReclaimIfDue();
      chunk_began_ = base::SystemClock().Now();
      return;
    }
    reclaim_->Stop();
    if (control.pause) {
      WaitWhilePaused(control);
    } else {
      Rest(kPoll);
    }
  }
}

// While nothing is moved, a transaction that fences keeps the lease alive where
// no heartbeat does.
Control Runner::LookAtControl(bool waiting) {
  return control_.Get([&] {
    Control control;
    const auto load = [&] { control = Controls(ledger_).Load(connection()); };
    Resiliently([&] {
      if (waiting) {
        InLedger(load);
      } else {
        load();
      }
    });
    return control;
  });
}

WalkPurpose Runner::PurposeNow() const {
  if (Doing(Activity::kRetreat)) return WalkPurpose::kUndo;
  return Doing(Activity::kFill) ? WalkPurpose::kFill : WalkPurpose::kCheck;
}

double Runner::FollowPace(const Control& control) {
  const backfill::Pace pace = throttle_.Allowed(control.pace, PurposeNow());
  for (const std::string& notice : throttle_.TakeNotices()) {
    Note(Progress::Event::kNote, notice);
  }
  // What a runner that died has left is not how fast this one goes.
  const bool stale = control.allowed != pace.share;
  if (!(pace == pace_) || stale) TellPace(pace);
  return pace.share;
}

void Runner::TellPace(const backfill::Pace& pace) {
  const bool changed = !(pace == pace_);
  const bool stops = pace.share <= 0 && pace_.share > 0;
  const bool goes_on = pace.share > 0 && pace_.share <= 0;
  pace_ = pace;
  const std::string line = PaceLine(pace);
  Control control;
  control.allowed = pace.share;
  control.reason = ToString(pace.reason);
  control.message = pace.message;
  Resiliently([&] {
    InLedger([&] {
      Controls(ledger_).Allow(connection(), control);
      if (changed) {
        ledger_.AddEvent(connection(), migration_.id, EventKind::kPace, line);
      }
    });
  });
  control_.Forget();
  if (!changed) return;
  Progress progress = Report(stops     ? Progress::Event::kPaused
                             : goes_on ? Progress::Event::kResumed
                                       : Progress::Event::kNote);
  progress.message = "pace " + line;
  Send(progress);
}

void Runner::WaitWhilePaused(const Control& control) {
  Note(Progress::Event::kPaused, "paused by " + control.by);
  Control now = control;
  while (now.pause && !now.cancel) {
    Rest(kPoll);
    ThrowIfCancelled();
    now = LookAtControl(true);
  }
  if (!now.cancel) Note(Progress::Event::kResumed, "resumed by " + now.by);
}

Tempo Runner::TempoNow() const {
  return {pace_.share, Doing(Activity::kFill) ? RowBytes(plan_, *walk_) : 0};
}

bool Runner::MakesWay() { return pace_.share < 1; }

std::int64_t Runner::ChunkRows(std::int64_t rows) {
  return throttle_.ChunkRows(rows, TempoNow());
}

void Runner::RestAfter(const backfill::Took& took, double rest,
                       std::int64_t rows) {
  Rest(throttle_.RestAfter(took, rest, rows, TempoNow()));
}

void Runner::Rest(std::chrono::microseconds duration) const {
  const base::CancelToken* cancel = options_.cancel;
  RestUnless([cancel] { return cancel != nullptr && cancel->stop_requested(); },
             duration);
}

}  // namespace segue::engine
