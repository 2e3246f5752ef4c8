// segue undo: brings the old shape back while a contract is sealed.
#include "segue/undo.h"

#include "cli/commands.h"
#include "cli/outcome.h"
#include "cli/session.h"
#include "cli/target.h"

namespace segue::cli {

int RunUndo(const Context& context) {
  const bool dry_run = context.arguments.Has("--dry-run");
  const std::string reason = ReasonFor(context, "--lossy");
  Session session(context);
  return ForNamed(context, [&] {
    const Outcome outcome =
        UndoWindow(session.database(), session.options())
            .Undo(context.arguments.Value("NAME"), reason, dry_run);
    session.EndProgress();
    return PrintOutcome(context, outcome, dry_run);
  });
}

}  // namespace segue::cli
