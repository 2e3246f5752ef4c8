// The database and the migrator of one command, whose progress is shown on
// standard error.
#pragma once

#include <memory>

#include "cli/context.h"
#include "cli/progress_view.h"
#include "cli/settings.h"
#include "segue/migrator.h"
#include "segue/versions.h"

namespace segue::cli {

// Returns the view of the progress, on a terminal or as lines; null when the
// command is quiet.
std::unique_ptr<ProgressView> MakeProgressView(const Context& context);

class Session {
 public:
  // Connects to the database.
  Session(const Context& context, const Settings& settings);
  explicit Session(const Context& context)
      : Session(context, ResolveSettings(context)) {}

  Migrator& migrator() { return *migrator_; }
  Versions& versions() { return *versions_; }
  Database& database() { return database_; }
  // Those of the migrator.
  const MigratorOptions& options() const { return options_; }
  // Removes the live line. Called before results are printed.
  void EndProgress();

 private:
  Database database_;
  std::unique_ptr<ProgressView> view_;  // null: quiet
  MigratorOptions options_;
  std::unique_ptr<Versions> versions_;
  std::unique_ptr<Migrator> migrator_;
};

}  // namespace segue::cli
