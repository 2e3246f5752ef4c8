#include "checks/user_triggers.h"

#include "base/text.h"

namespace segue::checks {

std::vector<Finding> CheckUserTriggers(const CheckContext& context) {
  std::vector<Finding> findings;
  for (const auto& [table, source] : MovedTables(context)) {
    std::vector<std::string> names;
    for (const schema::Trigger& trigger : table->triggers) {
      names.push_back(trigger.name);
    }
    if (names.empty()) continue;
    findings.push_back({Finding::Severity::kWarning, "user-triggers-fire",
                        "the backfill of '" + table->name.name +
                            "' fires its triggers: " + base::Join(names, ", ") +
                            "; make sure that this has no unwanted effect",
                        "each row is written once by the backfill, as by an "
                        "UPDATE of an application: what the triggers send or "
                        "log is sent or logged for every row",
                        "let the triggers leave out writes of the backfill, "
                        "or try them on a copy first",
                        source});
  }
  return findings;
}

}  // namespace segue::checks
