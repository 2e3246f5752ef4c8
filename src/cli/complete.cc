// segue complete: runs the contract, which cannot be undone after the first
// drop.
#include "base/text.h"
#include "cli/commands.h"
#include "cli/confirm.h"
#include "cli/outcome.h"
#include "cli/session.h"
#include "segue/error.h"

namespace segue::cli {

namespace {

// Returns what the contract will do, with one line for each step.
std::string Removals(const MigrationStatus& status) {
  std::string text;
  for (const StepStatus& step : status.steps) {
    if (step.phase != Phase::kContracting || step.executed) continue;
    text += "  " + step.description + "\n";
  }
  return text;
}

bool SaysYes(const std::string& answer) {
  const std::string word = base::ToLower(base::Trim(answer));
  return word == "y" || word == "yes";
}

}  // namespace

void RequireTerminal(const Context& context) {
  if (context.around.ask) return;
  throw Error(ErrorKind::kRefused,
              "complete removes the old shape for good and there is no "
              "terminal to ask at")
      .WithHint("give --yes");
}

void ConfirmContract(const Context& context, const MigrationStatus& status) {
  RequireTerminal(context);
  const std::optional<std::string> answer = context.around.ask(
      "Complete " + status.id + "? This removes the old shape for good:\n" +
      Removals(status) + "[y/N] ");
  if (context.cancel.stop_requested()) {
    throw Error(ErrorKind::kCancelled, "not completed: interrupted");
  }
  if (!answer || !SaysYes(*answer)) {
    throw Error(ErrorKind::kRefused, "not completed: the answer was not yes");
  }
}

namespace {

// Returns an empty text without --force.
std::string ForceReason(const Context& context) {
  const std::string reason = context.arguments.Value("--reason");
  if (context.arguments.Has("--force") == !base::Trim(reason).empty()) {
    return reason;
  }
  throw Error(ErrorKind::kUsage, "--force and --reason TEXT go together");
}

}  // namespace

int RunComplete(const Context& context) {
  const bool dry_run = context.arguments.Has("--dry-run");
  const std::string force_reason = ForceReason(context);
  Session session(context);
  const std::optional<MigrationStatus> status = session.migrator().Status();
  // When there is nothing to complete, Complete throws the error below.
  const bool asks = status && status->is_active() && !dry_run;
  if (asks && !context.arguments.Has("--yes")) {
    ConfirmContract(context, *status);
  }
  const Outcome outcome = session.migrator().Complete(dry_run, force_reason);
  session.EndProgress();
  return PrintOutcome(context, outcome, dry_run);
}

}  // namespace segue::cli
