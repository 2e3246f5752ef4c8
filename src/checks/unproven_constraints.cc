#include "checks/unproven_constraints.h"

#include "base/text.h"

namespace segue::checks {

std::vector<Finding> CheckUnprovenConstraints(const CheckContext& context) {
  std::vector<Finding> findings;
  for (const auto& [table, source] : MovedTables(context)) {
    if (table->unproven.empty()) continue;
    const db::Answer& answer =
        context.inquiry.Ask(db::UnprovenQuestion{table->name});
    if (answer.names.empty()) continue;
    findings.push_back(
        {Finding::Severity::kError, "rows-break-constraint",
         "rows of '" + table->name.name +
             "' may break constraints that are NOT VALID, and no backfill can "
             "write such a row: " +
             base::Join(answer.names, ", ") +
             "; mend the rows and validate the constraint, or drop it first",
         "a constraint that is NOT VALID is not checked against the rows that "
         "were there before, but against every row that is written",
         "mend the rows and validate the constraint, or drop it first",
         source});
  }
  return findings;
}

}  // namespace segue::checks
