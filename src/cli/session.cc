#include "cli/session.h"

#include <unistd.h>

#include "cli/intervals.h"
#include "cli/target.h"
#include "cli/telemetry.h"
#include "cli/terminal.h"

namespace segue::cli {

std::unique_ptr<ProgressView> MakeProgressView(const Context& context) {
  // A dry run prints its steps as its result, so they are no progress.
  if (context.quiet() || context.around.err_is_log ||
      context.arguments.Has("--dry-run")) {
    return nullptr;
  }
  ProgressViewOptions options;
  options.live = context.around.err_is_terminal;
  options.width = [] { return TerminalWidth(STDERR_FILENO); };
  return std::make_unique<ProgressView>(context.around.err, std::move(options));
}

Session::Session(const Context& context, const Settings& settings)
    : database_(Database::Open(settings.database)),
      view_(MakeProgressView(context)) {
  MigratorOptions options;
  options.cancel = &context.cancel;
  options.lock_budget = settings.lock_budget;
  options.chunk_time = settings.chunk_time;
  options.workers = settings.workers;
  options.pace = settings.pace;
  options.access = settings.access;
  options.on_transform_error = settings.on_transform_error;
  options.user_triggers = settings.user_triggers;
  const std::string standby = context.arguments.Value("--standby");
  if (!standby.empty()) options.standbys = {standby};
  ReadIntervals(context, options);
  if (context.arguments.Has("--kill-blockers-after")) {
    ReadBlockerOptions(context, options);
  }
  if (view_) {
    options.listeners.Add(
        [view = view_.get()](const Progress& p) { view->Show(p); });
  }
  if (context.telemetry != nullptr) {
    context.telemetry->ListenTo(options.listeners);
  }
  versions_ = std::make_unique<Versions>(database_, options);
  migrator_ = std::make_unique<Migrator>(database_, std::move(options));
}

void Session::EndProgress() {
  if (view_) view_->Clear();
}

}  // namespace segue::cli
