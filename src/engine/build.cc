// Statements that run for minutes, and what is told of them meanwhile.
#include <chrono>

#include "base/background.h"
#include "base/cancel.h"
#include "engine/build_watch.h"
#include "engine/runner.h"
#include "ledger/observations.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

using std::chrono::milliseconds;

// How soon a request to stop is seen, and how often the server is asked. A
// build that is over within a second needs no second session.
constexpr milliseconds kTick{100};
constexpr int kTicksPerLook = 10;

}  // namespace

// The statement has a thread, not its watcher, so that progress is reported on
// the thread that runs the migration. The first request to stop ends it, since
// there is no chunk to finish; what it leaves behind is cleared away by the
// next attempt.
void Runner::ExecuteWatched(std::size_t step, std::size_t action) {
  const PlannedAction& planned = ActionAt(step, action);
  const Observations seen(ledger_);
  const std::string name = ActionName(step, action);
  BuildWatch watch(database_, planned.progress, connection().SessionId());
  std::string blocker;
  activity_ = "index";
  const auto look = [&] {
    const std::optional<BuildState> state = watch.Look();
    if (!state) return;
    blocker = state->blocker;
    Built(*state);
    try {
      seen.Save(*watch.connection(), migration_.id, ObservationKind::kBuild,
                name, {static_cast<std::int64_t>(state->percent)});
      const Control control = Controls(ledger_).Load(*watch.connection());
      cancelled_by_request_ = cancelled_by_request_ || control.cancel;
    } catch (const Error& error) {
      watch.GiveUp(error.what());
    }
  };
  try {
    Background build([&] {
      for (const Statement& statement : planned.forward) Execute(statement);
    });
    for (int tick = 1; !build.WaitFor(kTick); ++tick) {
      const bool stop =
          options_.cancel != nullptr && options_.cancel->stop_requested();
      if (stop || cancelled_by_request_) connection().Interrupt();
      if (tick % kTicksPerLook == 0) look();
    }
    activity_.clear();
    build.Finish();
  } catch (const Error& error) {
    activity_.clear();
    if (error.kind() != ErrorKind::kLockTimeout || blocker.empty()) throw;
    throw Error(ErrorKind::kLockTimeout,
                error.what() + ("; it waited for " + blocker))
        .WithCode(error.native_code());
  }
  if (watch.connection() != nullptr) {
    InLedger([&] {
      seen.Forget(connection(), migration_.id, ObservationKind::kBuild, name);
    });
  }
}

void Runner::Built(const BuildState& state) {
  Progress progress = Report(state.blocker.empty() ? Progress::Event::kRows
                                                   : Progress::Event::kRetry);
  progress.message = state.phase;
  progress.activity_pct = state.percent;
  if (!state.blocker.empty()) {
    progress.message = "the build waits for " + state.blocker;
  }
  if (!plan_.steps.empty() && step_ >= steps_done_) {
    progress.progress_pct +=
        state.percent / static_cast<double>(plan_.steps.size());
  }
  Send(progress);
}

}  // namespace segue::engine
