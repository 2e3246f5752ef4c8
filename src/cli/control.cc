// segue pause, pace, resume and cancel: write a request to the ledger, for a
// runner that may be another process on another machine.
#include "cli/commands.h"
#include "cli/outcome.h"
#include "cli/session.h"
#include "cli/target.h"
#include "manifest/amount.h"
#include "report/json.h"
#include "report/progress_text.h"
#include "segue/error.h"

namespace segue::cli {

namespace {

// Returns the process that runs the active migration; empty: none.
std::string LiveRunner(Migrator& migrator) {
  const std::optional<MigrationStatus> status = migrator.Status();
  return status && status->is_active() ? status->runner : "";
}

int Say(const Context& context, const std::string& request,
        const std::string& runner, const std::string& text) {
  if (context.json()) {
    context.around.out << report::ObjectJson(
                              {{"requested", request}, {"runner", runner}})
                       << "\n";
  } else {
    context.around.out << text << "\n";
  }
  return 0;
}

// Parses a share of the full pace: "30%", "30 %" or "30".
double ParseShare(const std::string& text) {
  const auto amount = manifest::ParseAmount(text);
  const bool percent = amount && (amount->unit.empty() || amount->unit == "%");
  if (percent && amount->number > 0 && amount->number <= 100) {
    return amount->number / 100;
  }
  throw Error(ErrorKind::kUsage, "'" + text +
                                     "' is no share of the full pace; it is "
                                     "above 0% and at most 100%")
      .WithHint("'segue pause' stops it altogether");
}

constexpr const char* kNothingMoves =
    "No runner is live, so nothing is moving.";

int SayOver(const Context& context, const std::string& request,
            const std::string& named) {
  return Say(context, request, "", named + " is over, so nothing is moving.");
}

void Tell(const Context& context, const std::string& text) {
  if (!context.quiet()) context.around.err << text << "\n";
}

}  // namespace

int RunPause(const Context& context) {
  const std::string named = context.arguments.Value("NAME");
  Session session(context);
  return ForNamed(context, [&] {
    if (!session.migrator().RequestPause(named)) {
      return SayOver(context, "pause", named);
    }
    const std::string runner = LiveRunner(session.migrator());
    if (!runner.empty()) {
      return Say(context, "pause", runner,
                 runner + " pauses after its chunk; segue resume goes on.");
    }
    // The request is taken back, because a later start must not begin paused.
    session.migrator().ClearPause();
    return Say(context, "pause", runner, kNothingMoves);
  });
}

int RunPace(const Context& context) {
  const std::string named = context.arguments.Value("NAME");
  const double share = ParseShare(context.arguments.Value("SHARE"));
  Session session(context);
  return ForNamed(context, [&] {
    if (!session.migrator().RequestPace(share, named)) {
      return SayOver(context, "pace", named);
    }
    const std::string runner = LiveRunner(session.migrator());
    if (runner.empty()) {
      // A later start begins at the full pace.
      session.migrator().RequestPace(1);
      return Say(context, "pace", runner, kNothingMoves);
    }
    return Say(context, "pace", runner,
               share < 1
                   ? runner + " goes at most at " + report::PaceText(share) +
                         " of the full pace from its next chunk on."
                   : runner + " goes as fast as the throttle allows.");
  });
}

int RunResume(const Context& context) {
  const std::string named = context.arguments.Value("NAME");
  Session session(context);
  return ForNamed(context, [&] {
    const bool active = session.migrator().ClearPause(named);
    const std::string runner = active ? LiveRunner(session.migrator()) : "";
    if (!runner.empty()) {
      return Say(context, "resume", runner, runner + " goes on.");
    }
    if (active) Tell(context, "no runner is live: going on here");
    const Outcome outcome = session.migrator().Resume(named);
    session.EndProgress();
    return PrintOutcome(context, outcome, false);
  });
}

int RunCancel(const Context& context) {
  const std::string named = context.arguments.Value("NAME");
  Session session(context);
  return ForNamed(context, [&] {
    const bool active = session.migrator().RequestCancel(named);
    const std::string runner = active ? LiveRunner(session.migrator()) : "";
    if (!runner.empty()) {
      return Say(context, "cancel", runner,
                 runner + " stops after its chunk and rolls back.");
    }
    if (active) Tell(context, "no runner is live: rolling back here");
    const Outcome outcome = session.migrator().Rollback(false, "", named);
    session.EndProgress();
    return PrintOutcome(context, outcome, false);
  });
}

}  // namespace segue::cli
