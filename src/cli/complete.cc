// segue complete: runs the contract, which cannot be undone after the first
// drop.
#include "base/text.h"
#include "cli/commands.h"
#include "cli/confirm.h"
#include "cli/outcome.h"
#include "cli/session.h"
#include "cli/target.h"
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

}  // namespace

void RequireTerminal(const Context& context) {
  if (context.around.ask) return;
  throw Error(ErrorKind::kRefused,
              "complete removes the old shape for good and there is no "
              "terminal to ask at")
      .WithHint("give --yes");
}

void Confirm(const Context& context, const std::string& question,
             const std::string& otherwise) {
  const std::optional<std::string> answer =
      context.around.ask(question + "[y/N] ");
  if (context.cancel.stop_requested()) {
    throw Error(ErrorKind::kCancelled, otherwise + ": interrupted");
  }
  const std::string word = base::ToLower(base::Trim(answer.value_or("")));
  if (word == "y" || word == "yes") return;
  throw Error(ErrorKind::kRefused, otherwise + ": the answer was not yes");
}

void ConfirmContract(const Context& context, const MigrationStatus& status) {
  RequireTerminal(context);
  Confirm(context,
          "Complete " + status.id + "? This removes the old shape for good:\n" +
              Removals(status),
          "not completed");
}

int RunComplete(const Context& context) {
  const bool dry_run = context.arguments.Has("--dry-run");
  const std::string force_reason = ReasonFor(context, "--force");
  Session session(context);
  const std::optional<MigrationStatus> status = session.migrator().Status();
  const bool active = status && status->is_active();
  const std::string target = TargetOf(context, active ? status->id : "");
  // When there is nothing to complete, Complete says so below.
  const bool asks = active && status->id == target;
  if (asks && !dry_run && !context.arguments.Has("--yes")) {
    ConfirmContract(context, *status);
  }
  return ForNamed(context, [&] {
    const Outcome outcome =
        session.migrator().Complete(dry_run, force_reason, target);
    session.EndProgress();
    return PrintOutcome(context, outcome, dry_run);
  });
}

}  // namespace segue::cli
