#include "engine/build.h"

#include <chrono>
#include <optional>

#include "base/thread.h"
#include "engine/build_watch.h"
#include "engine/statements.h"
#include "ledger/control.h"
#include "ledger/observations.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

using std::chrono::milliseconds;

// A request to stop is noticed after at most this time, and the server is asked
// for the progress as often. A build that ends within a second needs no second
// session.
constexpr milliseconds kTick{100};
constexpr int kTicksPerLook = 10;

void Tell(const RunContext& context, const BuildState& state) {
  Progress progress = context.reporter.Report(
      state.blocker.empty() ? Progress::Event::kRows : Progress::Event::kRetry);
  progress.message = state.blocker.empty()
                         ? state.phase
                         : "the build waits for " + state.blocker;
  progress.activity_pct = state.percent;
  context.reporter.AddShareOfStep(state.percent / 100, progress);
  context.reporter.Send(progress);
}

// Keeps the progress of the build where other sessions see it, and looks
// whether they have asked for something.
void ShareWithOthers(const RunContext& context, const std::string& name,
                     const BuildState& state, BuildWatch& watch) {
  try {
    Observations(context.ledger)
        .Save(*watch.connection(), context.migration.id,
              ObservationKind::kBuild, name,
              {static_cast<std::int64_t>(state.percent)});
    if (Controls(context.ledger).Load(*watch.connection()).cancel) {
      context.session.RecordCancelRequest();
    }
  } catch (const Error& error) {
    watch.GiveUp(error.what());
  }
}

}  // namespace

void ExecuteWatched(const RunContext& context, std::size_t step,
                    std::size_t action) {
  const PlannedAction& planned = context.plan().steps[step].actions[action];
  const std::string name = ActionName(step, action);
  RunnerSession& session = context.session;
  BuildWatch watch(context.database, planned.progress,
                   context.connection().SessionId());
  std::string blocker;
  context.reporter.SetActivity("index");
  const auto look = [&] {
    const std::optional<BuildState> state = watch.Look();
    if (!state) return;
    blocker = state->blocker;
    Tell(context, *state);
    ShareWithOthers(context, name, *state, watch);
  };
  try {
    std::future<void> build = base::StartTask([&] {
      for (const Statement& statement : planned.forward) {
        Execute(context.connection(), statement);
      }
    });
    for (int tick = 1; build.wait_for(kTick) != std::future_status::ready;
         ++tick) {
      if (session.stopping() || session.cancelled_by_request()) {
        context.connection().Interrupt();
      }
      if (tick % kTicksPerLook == 0) look();
    }
    context.reporter.SetActivity("");
    build.get();
  } catch (const Error& error) {
    context.reporter.SetActivity("");
    if (error.kind() != ErrorKind::kLockTimeout || blocker.empty()) throw;
    throw Error(ErrorKind::kLockTimeout,
                error.what() + ("; it waited for " + blocker))
        .WithCode(error.native_code());
  }
  if (watch.connection() != nullptr) {
    session.InLedger([&] {
      Observations(context.ledger)
          .Forget(context.connection(), context.migration.id,
                  ObservationKind::kBuild, name);
    });
  }
}

}  // namespace segue::engine
