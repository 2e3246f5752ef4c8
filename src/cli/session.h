// The database and the migrator of one command, with progress shown on
// standard error.
#pragma once

#include <memory>

#include "cli/context.h"
#include "cli/progress_view.h"
#include "cli/settings.h"
#include "segue/migrator.h"

namespace segue::cli {

// Progress on the terminal or as lines; quiet on request.
std::unique_ptr<ProgressView> MakeProgressView(const Context& context);

class Session {
 public:
  // Connects.
  Session(const Context& context, const Settings& settings);
  explicit Session(const Context& context)
      : Session(context, ResolveSettings(context)) {}

  Migrator& migrator() { return *migrator_; }
  // Takes the live line away; call before printing results.
  void EndProgress();

 private:
  Database database_;
  std::unique_ptr<ProgressView> view_;  // null: quiet
  std::unique_ptr<Migrator> migrator_;
};

}  // namespace segue::cli
