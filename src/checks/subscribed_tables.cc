#include "checks/subscribed_tables.h"

#include "base/text.h"

namespace segue::checks {

std::vector<Finding> CheckSubscribedTables(const CheckContext& context) {
  std::vector<Finding> findings;
  for (const auto& [table, source] : ReshapedTables(context)) {
    if (table->subscriptions.empty()) continue;
    findings.push_back(
        {Finding::Severity::kWarning, "table-is-subscribed",
         "a subscription writes to '" + table->name.name +
             "': " + base::Join(table->subscriptions, ", "),
         "its publisher is a client of the old version, and the subscription "
         "stops at the first change of a column or table that is not here any "
         "more",
         "migrate the publisher before 'segue complete' here, or end the "
         "subscription first",
         source});
  }
  return findings;
}

}  // namespace segue::checks
