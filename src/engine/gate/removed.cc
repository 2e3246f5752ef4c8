#include "engine/gate/removed.h"

#include <algorithm>

#include "plan/planned.h"

namespace segue::engine {
namespace {

std::vector<ColumnName> KeptNames(const MigrationRow& row) {
  std::vector<ColumnName> kept;
  for (const Step& step : row.plan.steps) {
    for (const PlannedAction& action : step.actions) {
      if (action.heir && action.heir->column == action.heir->name) {
        kept.push_back({action.heir->table, action.heir->name});
      }
    }
  }
  return kept;
}

}  // namespace

std::vector<ColumnName> NamesThatGo(const MigrationRow& row) {
  const std::vector<ColumnName> kept = KeptNames(row);
  std::vector<ColumnName> gone;
  for (const Step& step : row.plan.steps) {
    for (const ColumnName& name : step.removes) {
      if (std::count(kept.begin(), kept.end(), name) == 0) {
        gone.push_back(name);
      }
    }
  }
  return gone;
}

bool KeepsAName(const MigrationRow& row, const std::string& table) {
  const std::vector<ColumnName> kept = KeptNames(row);
  return std::any_of(kept.begin(), kept.end(), [&](const ColumnName& name) {
    return name.table == table;
  });
}

}  // namespace segue::engine
