// What can be done while a contract is sealed.
#include "segue/undo.h"

#include <algorithm>
#include <map>
#include <thread>

#include "base/clock.h"
#include "engine/context.h"
#include "engine/gate/item.h"
#include "engine/gauges.h"
#include "engine/run.h"
#include "engine/seal.h"
#include "ledger/observations.h"
#include "segue/error.h"

namespace segue {
namespace {

// A probe counts as slow when it takes so many times what it took before the
// migration, and never below the floor: reads of one row take less than a
// millisecond, and twice of that is noise.
constexpr std::int64_t kSlow = 10;
constexpr std::int64_t kFloorMicroseconds = 50'000;
// One look may meet a lock or a busy moment.
constexpr int kLooks = 3;

// Looks at the probes of the plan's tables, one after the other.
class Probes {
 public:
  Probes(const engine::Context& context, const engine::MigrationRow& row)
      : context_(context), row_(row) {}

  // Returns what is wrong for the third time in a row; empty: nothing is.
  std::string Look() {
    for (const Gauge& gauge : row_.plan.gauges) {
      const std::string wrong = Wrong(gauge);
      int& times = times_[gauge.table];
      times = wrong.empty() ? 0 : times + 1;
      if (times >= kLooks) return wrong;
    }
    return "";
  }

 private:
  std::string Wrong(const Gauge& gauge) const {
    const engine::GaugeReading now =
        engine::ReadGauge(context_.connection(), gauge);
    if (!now.problem.empty()) {
      return "probe of " + gauge.table + " failed: " + now.problem;
    }
    const auto kept = engine::Observations(context_.ledger)
                          .Load(context_.connection(), row_.id,
                                engine::ObservationKind::kGauge, gauge.table);
    if (!kept) return "";
    const engine::GaugeReading before = engine::ReadingFromValues(*kept);
    if (!before.problem.empty()) return "";
    const std::int64_t limit =
        std::max(kFloorMicroseconds, kSlow * before.probe_us);
    if (now.probe_us <= limit) return "";
    return "probe of " + gauge.table + " takes " +
           FormatDuration(static_cast<double>(now.probe_us) / 1e6);
  }

  const engine::Context& context_;
  const engine::MigrationRow& row_;
  std::map<std::string, int> times_;  // by table: how often it was wrong
};

void Pause(const MigratorOptions& options, std::chrono::milliseconds time) {
  constexpr std::chrono::milliseconds kStep{100};
  for (; time.count() > 0; time -= kStep) {
    if (options.cancel != nullptr) options.cancel->ThrowIfRequested();
    base::SystemClock().Sleep(std::min(time, kStep));
  }
}

std::chrono::milliseconds UntilNextLook(const engine::SealWindow& window,
                                        const WatchOptions& options) {
  const auto left = std::chrono::milliseconds(
      static_cast<std::int64_t>(window.left_seconds * 1000) + 1);
  return std::min(left, options.look_every);
}

}  // namespace

UndoWindow::UndoWindow(Database& database, MigratorOptions options)
    : context_(
          std::make_unique<engine::Context>(database, std::move(options))) {}

UndoWindow::~UndoWindow() = default;

// Read it beside Migrator::Complete and Migrator::Rollback.
Outcome UndoWindow::Undo(const std::string& named,
                         const std::string& lossy_reason, bool dry_run) {
  const auto run = engine::MakeRun(*context_, dry_run);
  if (run->Continue(named, Phase::kRolledBack)) run->Unseal(lossy_reason);
  return run->Report();
}

Outcome UndoWindow::Drop(const std::string& named,
                         const std::string& force_reason, bool dry_run) {
  engine::RequireItems(context_->options.accept_unknown);
  const auto run = engine::MakeRun(*context_, dry_run);
  if (!run->Continue(named, Phase::kComplete)) return run->Report();
  run->RequireReady();
  run->Contract(force_reason, true);
  return run->Report();
}

WatchReport UndoWindow::Watch(const std::string& named,
                              const WatchOptions& options) {
  const engine::MigrationRow row = context_->Require(named, Phase::kComplete);
  auto window = engine::WindowOf(*context_, row);
  if (!window) {
    throw Error(ErrorKind::kNotFound,
                "the contract of migration '" + row.id + "' is not sealed");
  }
  Probes probes(*context_, row);
  while (!window->over()) {
    if (options.tell) options.tell(window->left_seconds);
    const std::string wrong = probes.Look();
    if (!wrong.empty() && options.undo_on_errors) {
      return {WindowEnd::kUndone, wrong, Undo(row.id)};
    }
    Pause(context_->options, UntilNextLook(*window, options));
    const auto now = context_->ledger.Load(context_->connection(), row.id);
    window = now ? engine::WindowOf(*context_, *now) : std::nullopt;
    if (!window) return {WindowEnd::kElsewhere, ""};
  }
  return {WindowEnd::kOver, ""};
}

}  // namespace segue
