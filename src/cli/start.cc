// segue start: expands, installs dual writes, backfills and verifies, until
// both versions are live. The work is in engine/migrator.cc.
#include "cli/commands.h"
#include "cli/migration_file.h"
#include "cli/outcome.h"
#include "cli/session.h"
#include "cli/target.h"

namespace segue::cli {

int RunStart(const Context& context) {
  const Arguments& arguments = context.arguments;
  StartOptions options;
  options.dry_run = arguments.Has("--dry-run");
  options.complete = arguments.Has("--complete");
  options.rollback_on_any_failure =
      arguments.Value("--on-failure") == "rollback";

  ReasonFor(context, "--kill-blockers-after");
  // The file is read first, because its mistakes can be reported without a
  // server.
  const Settings settings = ResolveSettings(context);
  const Migration migration = LoadMigration(context, settings);
  if (arguments.Has("--explain")) options.explain = LoadExplained(context);
  Session session(context, settings);
  const Outcome outcome = session.migrator().Start(migration, options);
  session.EndProgress();
  return PrintOutcome(context, outcome, options.dry_run);
}

}  // namespace segue::cli
