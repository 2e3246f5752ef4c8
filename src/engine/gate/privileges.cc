#include "engine/gate/items.h"
#include "engine/grants.h"

namespace segue::engine {

// A contract lets follow what can, before it asks.
std::optional<GateAnswer> AskPrivileges(const GateContext& gate) {
  FollowedGrants pending =
      PendingGrants(gate.context, &gate.row, LiveVersions(gate.context));
  if (!pending.left.empty()) {
    return FailsOver(std::move(pending.left),
                     "privileges or defaults have changed since the start:",
                     "give or take them as it says");
  }
  GateAnswer answer;
  for (std::string& text : pending.applied) {
    answer.details.push_back("complete lets it follow: " + text);
  }
  return answer;
}

}  // namespace segue::engine
