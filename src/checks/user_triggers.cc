#include "checks/user_triggers.h"

#include "base/text.h"

namespace segue::checks {

std::vector<Finding> CheckUserTriggers(const CheckContext& context) {
  std::vector<Finding> findings;
  for (const schema::Table* table : MovedTables(context)) {
    std::vector<std::string> names;
    for (const schema::Trigger& trigger : table->triggers) {
      names.push_back(trigger.name);
    }
    if (names.empty()) continue;
    findings.push_back({Finding::Severity::kWarning,
                        "the backfill of '" + table->name.name +
                            "' fires its triggers: " + base::Join(names, ", ") +
                            "; make sure that this has no unwanted effect"});
  }
  return findings;
}

}  // namespace segue::checks
