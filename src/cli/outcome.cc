#include "cli/outcome.h"

#include "report/json.h"
#include "report/summary.h"

namespace segue::cli {

int PrintOutcome(const Context& context, const Outcome& outcome, bool dry_run) {
  if (context.json()) {
    context.around.out << report::OutcomeJson(outcome, dry_run) << "\n";
  } else {
    context.around.out << (dry_run ? report::DryRunText(outcome)
                                   : report::SummaryText(outcome));
  }
  return 0;
}

}  // namespace segue::cli
