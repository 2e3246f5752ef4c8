// segue rollback: undoes the active migration, so that the schema is as it was
// before.
#include "cli/commands.h"
#include "cli/confirm.h"
#include "cli/outcome.h"
#include "cli/session.h"
#include "cli/target.h"

namespace segue::cli {

namespace {

// Returns who uses the new version, and what they meet.
std::string UsersText(const VersionUse& use) {
  if (use.users.empty()) return "";
  std::string text = "Version " + use.version_schema +
                     " refuses from then on whatever these read or write:\n";
  for (const std::string& user : use.users) text += "  " + user + "\n";
  return text;
}

// Without a terminal nobody is asked, because whoever needs a rollback needs it
// at once.
bool Asks(const Context& context, const VersionUse& use) {
  return context.around.ask && !context.arguments.Has("--yes") &&
         !context.arguments.Has("--dry-run") && !use.rolling_back;
}

}  // namespace

int RunRollback(const Context& context) {
  const bool dry_run = context.arguments.Has("--dry-run");
  const std::string reason = ReasonFor(context, "--abandon");
  Session session(context);
  // The status reads the tables, and a lock on one must not keep a rollback
  // from beginning.
  const std::optional<VersionUse> use = session.versions().Use();
  const std::string target = TargetOf(context, use ? use->migration : "");
  if (use && use->migration == target && Asks(context, *use)) {
    Confirm(context, "Roll back " + target + "?\n" + UsersText(*use),
            "not rolled back");
  }
  return ForNamed(context, [&] {
    const Outcome outcome =
        session.migrator().Rollback(dry_run, reason, target);
    session.EndProgress();
    return PrintOutcome(context, outcome, dry_run);
  });
}

}  // namespace segue::cli
