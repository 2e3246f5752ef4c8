// Statements that run for minutes, and what is told of them meanwhile.
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

#include "base/cancel.h"
#include "engine/build_watch.h"
#include "engine/runner.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

using std::chrono::milliseconds;

// How soon a request to stop is seen, and how often the server is asked. A
// build that is over within a second needs no second session.
constexpr milliseconds kTick{100};
constexpr int kTicksPerLook = 10;

// Runs work on a thread of its own; joined by the destructor.
class Background {
 public:
  explicit Background(const std::function<void()>& work)
      : thread_([this, work] { Run(work); }) {}
  ~Background() {
    if (thread_.joinable()) thread_.join();
  }
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  // True when the work is over.
  bool WaitFor(milliseconds time) {
    std::unique_lock<std::mutex> lock(mutex_);
    return over_.wait_for(lock, time, [&] { return done_; });
  }
  // Throws what the work threw.
  void Finish() {
    thread_.join();
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  void Run(const std::function<void()>& work) {
    try {
      work();
    } catch (...) {
      failure_ = std::current_exception();  // for Finish
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    done_ = true;
    over_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable over_;
  bool done_ = false;
  std::exception_ptr failure_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace

// The statement has a thread, not its watcher, so that progress is reported on
// the thread that runs the migration. The first request to stop ends it, since
// there is no chunk to finish; what it leaves behind is cleared away by the
// next attempt.
void Runner::ExecuteWatched(std::size_t step, std::size_t action) {
  const PlannedAction& planned = ActionAt(step, action);
  const std::string name = BuildName(step, action);
  BuildWatch watch(database_, planned.progress, connection().SessionId());
  std::string blocker;
  activity_ = "index";
  const auto look = [&] {
    const std::optional<BuildState> state = watch.Look();
    if (!state) return;
    blocker = state->blocker;
    Built(*state);
    try {
      ledger_.SaveMotion(
          *watch.connection(), migration_.id, name, "build",
          {{}, static_cast<std::int64_t>(state->percent), 100, 0, false});
      const Control control = ledger_.LoadControl(*watch.connection());
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
      ledger_.ForgetMotion(connection(), migration_.id, name, "build");
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
