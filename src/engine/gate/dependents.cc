#include <algorithm>

#include "engine/gate/items.h"
#include "engine/holders.h"
#include "engine/inventory.h"
#include "engine/supplement.h"

namespace segue::engine {
namespace {

// Privileges are an item of their own.
std::vector<Change> WithoutPrivileges(std::vector<Change> changes) {
  for (Change& change : changes) {
    std::erase_if(change.come,
                  [](const Fact& fact) { return fact.kind == "privilege"; });
    std::erase_if(change.gone, [](const std::string& text) {
      return text.starts_with("privilege ");
    });
  }
  std::erase_if(changes, [](const Change& change) { return change.AsItWas(); });
  return changes;
}

// What others have made on the old shape since the seal would go with it.
GateAnswer AskPutAside(const GateContext& gate) {
  const std::vector<Change> changes = WithoutPrivileges(
      ChangesSince(gate.context.connection(), gate.context.ledger, gate.row,
                   AskedOf::kPutAside));
  try {
    RefuseChanges(gate.row, changes);
  } catch (const Error& error) {
    return FailsWith(error);
  }
  return {};
}

}  // namespace

std::optional<GateAnswer> AskDependents(const GateContext& gate) {
  if (gate.sealed) return AskPutAside(gate);
  const std::vector<Change> changes = WithoutPrivileges(
      ChangesSince(gate.context.connection(), gate.context.ledger, gate.row));
  try {
    RefuseHeldContract(gate.context, gate.row);
    RefuseUnsupplied(gate.row, changes);
  } catch (const Error& error) {
    return FailsWith(error);
  }
  GateAnswer answer;
  for (const Change& change : changes) {
    const std::string what = AllGoes(gate.row, change)
                                 ? "complete takes it along: "
                                 : "complete lets it follow: ";
    for (const Fact& fact : change.come) {
      answer.details.push_back(what + Shown(fact.text));
    }
  }
  return answer;
}

}  // namespace segue::engine
