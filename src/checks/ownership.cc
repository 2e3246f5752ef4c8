#include "checks/ownership.h"

namespace segue::checks {

std::vector<Finding> CheckOwnership(const CheckContext& context) {
  std::vector<Finding> findings;
  for (const schema::Table* table : TouchedTables(context)) {
    if (table->owned_by_session) continue;
    findings.push_back({Finding::Severity::kError,
                        "no privilege to alter table '" + table->name.name +
                            "': it belongs to '" + table->owner +
                            "'; connect as that role or pass --role " +
                            table->owner});
  }
  return findings;
}

}  // namespace segue::checks
