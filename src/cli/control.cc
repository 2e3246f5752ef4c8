// segue pause, pace, resume and cancel: write a request to the ledger, for a
// runner that may be another process on another machine.
#include "cli/commands.h"
#include "cli/outcome.h"
#include "cli/session.h"
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

void Tell(const Context& context, const std::string& text) {
  if (!context.quiet()) context.around.err << text << "\n";
}

}  // namespace

int RunPause(const Context& context) {
  Session session(context);
  session.migrator().RequestPause();
  const std::string runner = LiveRunner(session.migrator());
  if (!runner.empty()) {
    return Say(context, "pause", runner,
               runner + " pauses after its chunk; segue resume goes on.");
  }
  // The request is taken back, because a later start must not begin paused.
  session.migrator().ClearPause();
  return Say(context, "pause", runner,
             "No runner is live, so nothing is moving.");
}

int RunPace(const Context& context) {
  const std::string given = context.arguments.Value("SHARE");
  const double share = ParseShare(given);
  Session session(context);
  session.migrator().RequestPace(share);
  const std::string runner = LiveRunner(session.migrator());
  if (runner.empty()) {
    // A later start begins at the full pace.
    session.migrator().RequestPace(1);
    return Say(context, "pace", runner,
               "No runner is live, so nothing is moving.");
  }
  return Say(context, "pace", runner,
             share < 1
                 ? runner + " goes at most at " + report::PaceText(share) +
                       " of the full pace from its next chunk on."
                 : runner + " goes as fast as the throttle allows.");
}

int RunResume(const Context& context) {
  Session session(context);
  session.migrator().ClearPause();
  const std::string runner = LiveRunner(session.migrator());
  if (!runner.empty()) {
    return Say(context, "resume", runner, runner + " goes on.");
  }
  Tell(context, "no runner is live: going on here");
  const Outcome outcome = session.migrator().Resume();
  session.EndProgress();
  return PrintOutcome(context, outcome, false);
}

int RunCancel(const Context& context) {
  Session session(context);
  session.migrator().RequestCancel();
  const std::string runner = LiveRunner(session.migrator());
  if (!runner.empty()) {
    return Say(context, "cancel", runner,
               runner + " stops after its chunk and rolls back.");
  }
  Tell(context, "no runner is live: rolling back here");
  const Outcome outcome = session.migrator().Rollback();
  session.EndProgress();
  return PrintOutcome(context, outcome, false);
}

}  // namespace segue::cli
