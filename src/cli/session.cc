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
  options_.cancel = &context.cancel;
  options_.lock_budget = settings.lock_budget;
  options_.chunk_time = settings.chunk_time;
  options_.workers = settings.workers;
  options_.pace = settings.pace;
  options_.access = settings.access;
  options_.on_transform_error = settings.on_transform_error;
  options_.user_triggers = settings.user_triggers;
  options_.undo_window = settings.undo_window;
  options_.keep_versions = settings.keep_versions;
  options_.accept_unknown = settings.accept_unknown;
  options_.soak = settings.soak;
  options_.standbys = settings.standbys;
  ReadIntervals(context, options_);
  if (context.arguments.Has("--kill-blockers-after")) {
    ReadBlockerOptions(context, options_);
  }
  if (view_) {
    options_.listeners.Add(
        [view = view_.get()](const Progress& p) { view->Show(p); });
  }
  if (context.telemetry != nullptr) {
    context.telemetry->ListenTo(options_.listeners);
  }
  versions_ = std::make_unique<Versions>(database_, options_);
  migrator_ = std::make_unique<Migrator>(database_, options_);
}

void Session::EndProgress() {
  if (view_) view_->Clear();
}

}  // namespace segue::cli
