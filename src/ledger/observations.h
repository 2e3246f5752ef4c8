// Measurements of the database during a migration, for the history and for
// later comparison. No observation decides whether a step has been done.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/ledger.h"

namespace segue::engine {

enum class ObservationKind {
  kBuild,      // name: ActionName. The progress of a statement in percent
  kUsage,      // name: ActionName. The count of PlannedAction::usage at ready
  kGauge,      // name: table. The reading of a gauge before the migration
  kFillBegin,  // name: motion. The reading of a meter before the fill
  kFillEnd,    // name: motion. The reading after the fill, once told
  kQueryPlan,  // name: QueryName. The plan of a query
  kInventory,  // name: ActionName. What PlannedAction::inventory has listed
  kHolders,    // name: ActionName. What PlannedAction::holders found at ready
  kUsers,      // name: version. Who used it when its rollback began
  kSwitch,     // name: "ready". The server's time when both versions were live
  kSoak,       // name: place and version. Its use as of the last look
  kCalls,      // name: digest of a query. How often it had run at ready
  kRefusal,    // name: counter. Its count as of the last look
  kRetired,  // name: version, which is the migration, too. Since when it is so
};
// Returns "build", "usage", "gauge", "fill_begin", "fill_end", "query_plan",
// "inventory", "holders", "users", "switch", "soak", "calls", "refusal" or
// "retired".
std::string_view ToString(ObservationKind kind);

// Returns a name such as "3.1", for the second action of the plan's fourth
// step.
std::string ActionName(std::size_t step, std::size_t action);
// Returns the name of a query as a published version sees it, or the base
// schema ("").
std::string QueryName(const std::string& query, const std::string& version);

// A migration has one observation of each kind and name: the last one. All
// methods run on the given connection and join its open transaction. A new
// attempt of a migration begins without observations (Ledger::Create).
class Observations {
 public:
  // `ledger` must outlive this object.
  explicit Observations(const Ledger& ledger) : ledger_(ledger) {}

  std::optional<std::vector<db::Value>> Load(db::Connection& connection,
                                             const std::string& migration,
                                             ObservationKind kind,
                                             const std::string& name) const;
  void Save(db::Connection& connection, const std::string& migration,
            ObservationKind kind, const std::string& name,
            const std::vector<db::Value>& values) const;
  void Forget(db::Connection& connection, const std::string& migration,
              ObservationKind kind, const std::string& name) const;

 private:
  const Ledger& ledger_;
};

}  // namespace segue::engine
