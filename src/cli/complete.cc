// segue complete: runs the contract, which cannot be undone after the first
// drop, and stays sealed before that for the time of undo_window.
#include "base/text.h"
#include "cli/commands.h"
#include "cli/confirm.h"
#include "cli/outcome.h"
#include "cli/session.h"
#include "cli/target.h"
#include "segue/error.h"
#include "segue/undo.h"

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
  const bool seals =
      status.undo_window_seconds > 0 && status.undo_left_seconds < 0;
  const std::string does =
      seals ? "The old shape is out of reach from then on, and can be brought "
              "back for " +
                  FormatDuration(
                      static_cast<double>(status.undo_window_seconds)) +
                  ":\n"
            : "This removes the old shape for good:\n";
  Confirm(context, "Complete " + status.id + "? " + does + Removals(status),
          "not completed");
}

namespace {

void CheckOptions(const Arguments& arguments) {
  if (arguments.Has("--drop") && arguments.Has("--wait")) {
    throw Error(ErrorKind::kUsage,
                "--drop does not wait: give one of --drop and --wait");
  }
  if (arguments.Has("--undo-on-errors") && !arguments.Has("--wait")) {
    throw Error(ErrorKind::kUsage, "--undo-on-errors needs --wait");
  }
}

// Waits until the old shape may be dropped, and drops it.
Outcome DropInTime(const Context& context, Session& session,
                   const Outcome& sealed, const std::string& force_reason) {
  UndoWindow window(session.database(), session.options());
  WatchOptions options;
  options.undo_on_errors = context.arguments.Has("--undo-on-errors");
  WatchReport report = window.Watch(sealed.status.id, options);
  switch (report.end) {
    case WindowEnd::kOver:
      return session.migrator().Complete(false, force_reason, sealed.status.id);
    case WindowEnd::kUndone:
      report.undone->notes.push_back("undone, because the " + report.why);
      return *std::move(report.undone);
    case WindowEnd::kElsewhere:
      break;
  }
  throw Error(ErrorKind::kRefused,
              "migration '" + sealed.status.id +
                  "' was undone or dropped by somebody else meanwhile")
      .WithHint("'segue status' says what it is now");
}

Outcome CompleteAsAsked(const Context& context, Session& session,
                        const std::string& target) {
  const Arguments& arguments = context.arguments;
  const bool dry_run = arguments.Has("--dry-run");
  const std::string force_reason = ReasonFor(context, "--force");
  if (arguments.Has("--drop")) {
    return UndoWindow(session.database(), session.options())
        .Drop(target, force_reason, dry_run);
  }
  Outcome outcome = session.migrator().Complete(dry_run, force_reason, target);
  const bool sealed = outcome.status.undo_left_seconds >= 0;
  if (!sealed || !arguments.Has("--wait")) return outcome;
  return DropInTime(context, session, outcome, force_reason);
}

// An undo by the watch is no success of a contract.
int ExitOf(const Outcome& outcome, const Context& context) {
  const bool undone = context.arguments.Has("--wait") &&
                      outcome.status.phase == Phase::kMigrating;
  return undone ? ExitCode(ErrorKind::kConstraint) : 0;
}

}  // namespace

int RunComplete(const Context& context) {
  CheckOptions(context.arguments);
  const bool dry_run = context.arguments.Has("--dry-run");
  ReasonFor(context, "--force");  // complains before anything is connected to
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
    const Outcome outcome = CompleteAsAsked(context, session, target);
    session.EndProgress();
    PrintOutcome(context, outcome, dry_run);
    return ExitOf(outcome, context);
  });
}

}  // namespace segue::cli
