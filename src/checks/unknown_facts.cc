#include "checks/unknown_facts.h"

#include "base/text.h"

namespace segue::checks {

std::vector<Finding> CheckUnknownFacts(const CheckContext& context) {
  std::vector<Finding> findings;
  for (const auto& [table, source] : TouchedTables(context)) {
    const db::Answer& answer =
        context.inquiry.Ask(db::UnknownFactsQuestion{table->name});
    if (answer.names.empty()) continue;
    const std::string remedy =
        "use a release of segue that knows this version of the database, or "
        "take it away from the table first";
    findings.push_back(
        {Finding::Severity::kError, "catalogue-not-known",
         "the database says of table '" + table->name.name +
             "' what this release of segue does not know: " +
             base::Join(answer.names, ", ") + "; " + remedy,
         "a change of the table could lose or break what segue does not know",
         remedy, source});
  }
  return findings;
}

}  // namespace segue::checks
