#include "segue/instances.h"

#include <algorithm>

#include "engine/gate/items.h"
#include "engine/gate/new_version.h"
#include "engine/gate/old_versions.h"
#include "ledger/versions.h"

namespace segue::engine {
namespace {

std::string TextOf(const InstanceInfo& instance) {
  return "'" + instance.id + "' runs " + instance.version + " (host " +
         instance.host +
         (instance.role.empty() ? "" : ", role " + instance.role) + ", seen " +
         std::to_string(instance.seen_ago) + " s ago)";
}

}  // namespace

// An earlier segue took any name for a version, and the node takes numbers.
std::optional<GateAnswer> AskInstances(const GateContext& gate) {
  const std::vector<InstanceInfo> all = Instances(gate.context.database).List();
  if (all.empty()) return NotWatched("no instance is registered");
  const std::vector<std::string> known =
      KnownVersions(gate.context.connection(), gate.context.ledger);
  const std::vector<std::string> stays = LivingOn(gate.context, gate.row);
  std::vector<std::string> old;
  std::vector<std::string> strange;
  for (const InstanceInfo& instance : all) {
    const bool stay =
        std::count(stays.begin(), stays.end(), instance.version) > 0;
    if (!instance.live() || stay || IsNewVersion(gate.row, instance.version)) {
      continue;
    }
    const bool named =
        std::count(known.begin(), known.end(), instance.version) > 0;
    (named ? old : strange).push_back(TextOf(instance));
  }
  const std::string hint =
      "let them run the new version, or take those that are gone out with "
      "'segue instance remove'";
  if (!old.empty()) {
    old.insert(old.end(), strange.begin(), strange.end());
    return FailsOver(
        old, "instances run another version than " + gate.row.id + ":", hint);
  }
  GateAnswer answer = FailsOver(
      strange, "instances run what is no version of this schema:", hint);
  if (!strange.empty()) answer.state = GateState::kUnknown;
  return answer;
}

}  // namespace segue::engine
