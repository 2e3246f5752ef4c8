#include "cli/session.h"

#include <unistd.h>

#include "cli/terminal.h"

namespace segue::cli {

std::unique_ptr<ProgressView> MakeProgressView(const Context& context) {
  if (context.quiet()) return nullptr;
  ProgressViewOptions options;
  options.live = context.around.err_is_terminal;
  options.width = [] { return TerminalWidth(STDERR_FILENO); };
  return std::make_unique<ProgressView>(context.around.err, std::move(options));
}

Session::Session(const Context& context)
    : settings_(ResolveSettings(context)),
      database_(Database::Open(settings_.database)),
      view_(MakeProgressView(context)) {
  MigratorOptions options;
  options.cancel = &context.cancel;
  options.lock_budget = settings_.lock_budget;
  options.chunk_time = settings_.chunk_time;
  options.access = settings_.access;
  if (view_) {
    options.on_progress = [this](const Progress& p) { view_->Show(p); };
  }
  migrator_ = std::make_unique<Migrator>(database_, std::move(options));
}

void Session::EndProgress() {
  if (view_) view_->Clear();
}

}  // namespace segue::cli
