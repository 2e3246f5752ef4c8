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
std::string UsersText(const std::vector<std::string>& users,
                      const std::string& version_schema) {
  if (users.empty()) return "";
  std::string text = "Version " + version_schema +
                     " refuses from then on whatever these read or write:\n";
  for (const std::string& user : users) text += "  " + user + "\n";
  return text;
}

// Without a terminal nobody is asked, because whoever needs a rollback needs it
// at once.
void ConfirmRollback(const Context& context, Session& session,
                     const MigrationStatus& status) {
  const bool asks = context.around.ask && !context.arguments.Has("--yes") &&
                    status.sub_state != SubState::kRollingBack;
  if (!asks) return;
  Confirm(context,
          "Roll back " + status.id + "?\n" +
              UsersText(session.versions().Users(), status.version_schema),
          "not rolled back");
}

}  // namespace

int RunRollback(const Context& context) {
  const bool dry_run = context.arguments.Has("--dry-run");
  const std::string reason = ReasonFor(context, "--abandon");
  Session session(context);
  const std::optional<MigrationStatus> status = session.migrator().Status();
  const std::string target = TargetOf(context, status);
  if (status && status->is_active() && status->id == target && !dry_run) {
    ConfirmRollback(context, session, *status);
  }
  return ForNamed(context, [&] {
    const Outcome outcome =
        session.migrator().Rollback(dry_run, reason, target);
    session.EndProgress();
    return PrintOutcome(context, outcome, dry_run);
  });
}

}  // namespace segue::cli
