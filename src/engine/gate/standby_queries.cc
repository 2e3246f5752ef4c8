#include <set>

#include "backfill/blockers.h"
#include "base/append.h"
#include "base/text.h"
#include "db/replication.h"
#include "engine/gate/items.h"
#include "engine/gate/standbys.h"

namespace segue::engine {
namespace {

std::set<std::string> TablesOfContract(const MigrationRow& row) {
  std::set<std::string> locked;
  for (const Step& step : row.plan.steps) {
    if (step.phase != Phase::kContracting) continue;
    for (const PlannedAction& action : step.actions) {
      for (const std::string& one : base::Split(action.lock.object, ',')) {
        locked.insert(std::string(base::Trim(one)));
      }
    }
  }
  locked.erase("");
  return locked;
}

}  // namespace

std::optional<GateAnswer> AskStandbyQueries(const GateContext& gate) {
  const Context& context = gate.context;
  const auto* replication =
      dynamic_cast<const db::Replication*>(&context.database.dialect());
  if (replication == nullptr) return std::nullopt;
  if (context.options.standbys.empty()) {
    return NotWatched("no standby was given (--standby URL)");
  }
  const std::set<std::string> locked = TablesOfContract(gate.row);
  std::vector<std::string> found;
  std::vector<std::string> unasked =
      AskStandbys(context, [&](const Standby& standby) {
        for (const std::string& one : locked) {
          base::Append(
              standby.LongQueries(LockedTable(context.database.schema(), one)),
              found);
        }
      });
  if (!found.empty() || unasked.empty()) {
    return FailsOver(std::move(found),
                     "the replay of the contract may cancel queries of",
                     "let these queries end");
  }
  return GateAnswer{GateState::kUnknown,
                    "it cannot be told whether long queries read what changes:",
                    std::move(unasked),
                    "let it answer, or leave it out if it is gone"};
}

}  // namespace segue::engine
