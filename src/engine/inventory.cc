#include "engine/inventory.h"

#include <algorithm>

#include "base/text.h"
#include "ledger/observations.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

using Facts = std::vector<std::string>;

Facts FactsOf(const std::vector<db::Value>& values) {
  Facts facts;
  for (const db::Value& value : values) facts.push_back(db::ToText(value));
  std::sort(facts.begin(), facts.end());
  return facts;
}

Facts Now(db::Connection& connection, const PlannedAction& action) {
  std::vector<db::Value> values;
  for (const db::Row& row : connection.Execute(action.inventory).rows) {
    values.push_back(row.at(0));
  }
  return FactsOf(values);
}

Facts Without(const Facts& all, const Facts& some) {
  Facts rest;
  std::set_difference(all.begin(), all.end(), some.begin(), some.end(),
                      std::back_inserter(rest));
  return rest;
}

// Returns what has come and gone since it was kept, in words; empty: nothing.
std::string Changes(db::Connection& connection, const Ledger& ledger,
                    const MigrationRow& row, std::size_t step, std::size_t at,
                    bool also_gone) {
  const PlannedAction& action = row.plan.steps[step].actions[at];
  const auto kept = Observations(ledger).Load(
      connection, row.id, ObservationKind::kInventory, ActionName(step, at));
  if (!kept) return "";
  const Facts before = FactsOf(*kept);
  const Facts now = Now(connection, action);
  const Facts come = Without(now, before);
  const Facts gone = also_gone ? Without(before, now) : Facts();
  std::vector<std::string> changes;
  if (!come.empty()) changes.push_back("new is " + base::Join(come, ", "));
  if (!gone.empty()) changes.push_back("gone is " + base::Join(gone, ", "));
  if (changes.empty()) return "";
  return "'" + action.description + "': " + base::Join(changes, "; ");
}

void Refuse(const std::vector<std::string>& changes) {
  if (changes.empty()) return;
  throw Error(ErrorKind::kRefused,
              "the contract would lose what others have changed since the "
              "start: " +
                  base::Join(changes, "; "))
      .WithHint(
          "drop it and make it again after 'segue complete', or run 'segue "
          "rollback'; nothing was contracted");
}

}  // namespace

void KeepInventory(db::Connection& connection, const Ledger& ledger,
                   const MigrationRow& row) {
  const Observations observations(ledger);
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    const auto& actions = row.plan.steps[step].actions;
    for (std::size_t at = 0; at < actions.size(); ++at) {
      if (actions[at].inventory.empty()) continue;
      std::vector<db::Value> values;
      for (const std::string& fact : Now(connection, actions[at])) {
        values.emplace_back(fact);
      }
      observations.Save(connection, row.id, ObservationKind::kInventory,
                        ActionName(step, at), values);
    }
  }
}

void RefuseChanged(db::Connection& connection, const Ledger& ledger,
                   const MigrationRow& row) {
  std::vector<std::string> changes;
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    const auto& actions = row.plan.steps[step].actions;
    for (std::size_t at = 0; at < actions.size(); ++at) {
      if (actions[at].inventory.empty()) continue;
      std::string change = Changes(connection, ledger, row, step, at, true);
      if (!change.empty()) changes.push_back(std::move(change));
    }
  }
  Refuse(changes);
}

void LockUnchanged(db::Connection& connection, const Ledger& ledger,
                   const MigrationRow& row, std::size_t step, std::size_t begin,
                   std::size_t end) {
  std::vector<std::string> changes;
  for (std::size_t at = begin; at < end; ++at) {
    const PlannedAction& action = row.plan.steps[step].actions[at];
    if (action.inventory.empty()) continue;
    if (!action.inventory_lock.empty()) {
      connection.Execute(action.inventory_lock);
    }
    std::string change = Changes(connection, ledger, row, step, at, false);
    if (!change.empty()) changes.push_back(std::move(change));
  }
  Refuse(changes);
}

}  // namespace segue::engine
