#include "backfill/pacing.h"

#include <utility>

#include "base/clock.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

// A runner that waits reads the control row this often.
constexpr std::chrono::milliseconds kPoll{200};

}  // namespace

Pacing::Pacing(const RunContext& context, std::function<void()> meanwhile)
    : context_(context),
      meanwhile_(std::move(meanwhile)),
      throttle_(context.database, context.options.pace, base::SystemClock()) {}

double Pacing::BeforeChunk(WalkPurpose purpose,
                           const std::function<void()>& idle) {
  RunnerSession& session = context_.session;
  for (bool waited = false;; waited = true) {
    session.ThrowIfStopping();
    LookAround(purpose);
    const Control control = LookAtControl(waited);
    // A rollback is often the result of a request to cancel, so the request
    // does not stop it.
    if (control.cancel && purpose != WalkPurpose::kUndo) {
      session.RecordCancelRequest();
      throw Error(ErrorKind::kCancelled, "cancelled by " + control.by);
    }
    if (!control.pause) {
      const double share = Follow(control, purpose);
      if (share > 0) return share;
    }
    idle();
    if (control.pause) {
      WaitWhilePaused(control, purpose);
    } else {
      session.Rest(kPoll);
    }
  }
}

// While no rows are moved, a fenced transaction keeps the lease alive where no
// heartbeat does.
Control Pacing::LookAtControl(bool waiting) {
  return control_.Get([&] {
    Control control;
    const auto load = [&] {
      control = Controls(context_.ledger).Load(context_.connection());
    };
    context_.session.Resiliently([&] {
      if (waiting) {
        context_.session.InLedger(load);
      } else {
        load();
      }
    });
    return control;
  });
}

double Pacing::Follow(const Control& control, WalkPurpose purpose) {
  const Pace pace = throttle_.Allowed(control.pace, purpose);
  for (const std::string& notice : throttle_.TakeNotices()) {
    context_.session.Note(Progress::Event::kNote, notice);
  }
  // A pace that a dead runner has left in the ledger is not the pace of this
  // one.
  const bool stale = control.allowed != pace.share;
  if (!(pace == pace_) || stale) Tell(pace);
  return pace.share;
}

void Pacing::Tell(const Pace& pace) {
  const bool changed = !(pace == pace_);
  const bool stops = pace.share <= 0 && pace_.share > 0;
  const bool goes_on = pace.share > 0 && pace_.share <= 0;
  pace_ = pace;
  context_.reporter.SetPace(pace);
  const std::string line = PaceLine(pace);
  Control control;
  control.allowed = pace.share;
  control.reason = ToString(pace.reason);
  control.message = pace.message;
  context_.session.Resiliently([&] {
    context_.session.InLedger([&] {
      Controls(context_.ledger).Allow(context_.connection(), control);
      if (changed) {
        context_.ledger.AddEvent(context_.connection(), context_.migration.id,
                                 EventKind::kPace, line);
      }
    });
  });
  control_.Forget();
  if (!changed) return;
  context_.reporter.Tell(stops     ? Progress::Event::kPaused
                         : goes_on ? Progress::Event::kResumed
                                   : Progress::Event::kNote,
                         "pace " + line);
}

void Pacing::LookAround(WalkPurpose purpose) const {
  if (meanwhile_ && purpose != WalkPurpose::kUndo) meanwhile_();
}

void Pacing::WaitWhilePaused(const Control& control, WalkPurpose purpose) {
  RunnerSession& session = context_.session;
  session.Note(Progress::Event::kPaused, "paused by " + control.by);
  Control now = control;
  while (now.pause && !now.cancel) {
    session.Rest(kPoll);
    session.ThrowIfStopping();
    LookAround(purpose);
    now = LookAtControl(true);
  }
  if (!now.cancel) {
    session.Note(Progress::Event::kResumed, "resumed by " + now.by);
  }
}

}  // namespace segue::engine
