// What was seen of the database while a migration went on, for the history and
// for later comparison. Nothing that decides whether a step has been done is
// among it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/ledger.h"

namespace segue::engine {

enum class ObservationKind {
  kBuild,      // name: ActionName. How far a statement has come: percent
  kUsage,      // name: ActionName. What PlannedAction::usage said when ready
  kGauge,      // name: table. What a gauge said before anything was changed
  kFillBegin,  // name: motion. What a meter said before its rows were filled
  kFillEnd,    // name: motion. The same afterwards; it is in the history then
  kQueryPlan,  // name: QueryName. How a query was run
};
// "build", "usage", "gauge", "fill_begin", "fill_end", "query_plan".
std::string_view ToString(ObservationKind kind);

// "3.1": the second action of the fourth step of the plan.
std::string ActionName(std::size_t step, std::size_t action);
// Of a query as a published version sees it, or the base schema ("").
std::string QueryName(const std::string& query, const std::string& version);

// Of one kind and name a migration has one observation: the last. All calls run
// on the connection given and join its open transaction. A new attempt of a
// migration begins without any (Ledger::Create).
class Observations {
 public:
  // `ledger` must outlive it.
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
