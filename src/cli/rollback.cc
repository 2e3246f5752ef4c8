// segue rollback: undoes the active migration, so that the schema is as it was
// before.
#include "cli/commands.h"
#include "cli/outcome.h"
#include "cli/session.h"

namespace segue::cli {

int RunRollback(const Context& context) {
  const bool dry_run = context.arguments.Has("--dry-run");
  Session session(context);
  const Outcome outcome = session.migrator().Rollback(dry_run);
  session.EndProgress();
  return PrintOutcome(context, outcome, dry_run);
}

}  // namespace segue::cli
