#include "checks/ownership.h"

namespace segue::checks {

std::vector<Finding> CheckOwnership(const CheckContext& context) {
  std::vector<Finding> findings;
  for (const auto& [table, source] : TouchedTables(context)) {
    if (table->owned_by_session) continue;
    const std::string remedy =
        "connect as that role or pass --role " + table->owner;
    findings.push_back({Finding::Severity::kError, "table-not-owned",
                        "no privilege to alter table '" + table->name.name +
                            "': it belongs to '" + table->owner + "'; " +
                            remedy,
                        "only the owner of a table may alter it, so that the "
                        "first statement would fail",
                        remedy, source});
  }
  return findings;
}

}  // namespace segue::checks
