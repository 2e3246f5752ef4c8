// segue migrate: starts everything that is pending, as one plan where that is
// possible. The work is in engine/migrate.cc.
#include "base/text.h"
#include "cli/commands.h"
#include "cli/confirm.h"
#include "cli/migration_file.h"
#include "cli/session.h"
#include "report/json.h"
#include "report/summary.h"

namespace segue::cli {

namespace {

MigrateOptions OptionsFor(const Context& context) {
  const Arguments& arguments = context.arguments;
  MigrateOptions options;
  options.to = arguments.Value("--to");
  options.complete = arguments.Has("--complete");
  options.dry_run = arguments.Has("--dry-run");
  options.rollback_on_any_failure =
      arguments.Value("--on-failure") == "rollback";
  if (arguments.Has("--yes") || !options.complete || options.dry_run) {
    return options;
  }
  // The command needs a terminal, which is checked before anything is done.
  RequireTerminal(context);
  options.before_complete = [&context](const MigrationStatus& status) {
    ConfirmContract(context, status);
  };
  return options;
}

std::string NothingText(const Settings& settings, std::size_t files) {
  return "Nothing is pending: " +
         (files == 0 ? "there is no migration in "
                     : "all " + std::to_string(files) +
                           " migrations are complete in ") +
         settings.migrations.string() + ".\n";
}

std::string LeftText(const MigrateOutcome& outcome) {
  if (outcome.left.empty()) return "";
  return "Still pending, to be planned when this is complete: " +
         base::Join(outcome.left, ", ") + ".\n";
}

std::string Text(const MigrateOutcome& outcome, bool dry_run) {
  std::string text;
  for (const Outcome& run : outcome.runs) {
    const std::vector<std::string>& folded = run.status.folded;
    if (!folded.empty()) {
      text += base::Join(folded, ", ") + " and " + run.status.id +
              " are one plan.\n";
    }
    text += dry_run ? report::DryRunText(run) : report::SummaryText(run);
  }
  return text + LeftText(outcome);
}

}  // namespace

int RunMigrate(const Context& context) {
  const MigrateOptions options = OptionsFor(context);
  // The files are read first, because their mistakes can be reported without a
  // server.
  const Settings settings = ResolveSettings(context);
  std::vector<Migration> files = LoadMigrations(context, settings);
  const std::size_t count = files.size();
  Session session(context, settings);
  const MigrateOutcome outcome =
      session.migrator().Migrate(std::move(files), options);
  session.EndProgress();
  if (context.json()) {
    context.around.out << report::MigrateJson(outcome, options.dry_run) << "\n";
  } else if (outcome.runs.empty()) {
    context.around.out << NothingText(settings, count);
  } else {
    context.around.out << Text(outcome, options.dry_run);
  }
  return 0;
}

}  // namespace segue::cli
