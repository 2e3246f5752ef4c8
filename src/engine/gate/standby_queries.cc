#include <set>

#include "backfill/blockers.h"
#include "backfill/standby.h"
#include "base/text.h"
#include "db/replication.h"
#include "engine/gate/items.h"

namespace segue::engine {
namespace {

// Returns, in words, who reads the tables of the contract on a standby.
std::vector<std::string> LongQueriesOnStandbys(const Context& context,
                                               const MigrationRow& row) {
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
  std::vector<std::string> found;
  for (const std::string& url : context.options.standbys) {
    const Standby standby(context.database, context.ledger, url, {});
    for (const std::string& one : locked) {
      for (const std::string& query :
           standby.LongQueries(LockedTable(context.database.schema(), one))) {
        found.push_back(query);
      }
    }
  }
  return found;
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
  return FailsOver(LongQueriesOnStandbys(context, gate.row),
                   "the replay of the contract may cancel queries of",
                   "let these queries end");
}

}  // namespace segue::engine
