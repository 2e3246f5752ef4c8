// segue rollback: undoes the active migration, so that the schema is as it was
// before.
#include "base/text.h"
#include "cli/commands.h"
#include "cli/outcome.h"
#include "cli/session.h"
#include "segue/error.h"

namespace segue::cli {

namespace {

// Returns an empty text without --abandon.
std::string AbandonReason(const Context& context) {
  const std::string reason = context.arguments.Value("--reason");
  if (context.arguments.Has("--abandon") == !base::Trim(reason).empty()) {
    return reason;
  }
  throw Error(ErrorKind::kUsage, "--abandon and --reason TEXT go together");
}

}  // namespace

int RunRollback(const Context& context) {
  const bool dry_run = context.arguments.Has("--dry-run");
  const std::string reason = AbandonReason(context);
  Session session(context);
  const Outcome outcome = session.migrator().Rollback(dry_run, reason);
  session.EndProgress();
  return PrintOutcome(context, outcome, dry_run);
}

}  // namespace segue::cli
