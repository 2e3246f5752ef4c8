#include "engine/holders.h"

#include <algorithm>

#include "base/text.h"
#include "engine/contract.h"
#include "engine/standing_actions.h"
#include "ledger/observations.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

// A row of PlannedAction::holders.
struct Hanger {
  std::string text;
  bool of_contract = false;
};

// What cannot even be looked at lacks something that the undo needs.
std::vector<Hanger> Now(const Context& context, const PlannedAction& action) {
  std::vector<Hanger> holders;
  try {
    for (const db::Row& row :
         context.connection().Execute(action.holders).rows) {
      holders.push_back({db::ToText(row.at(0)), db::ToInt(row.at(1)) != 0});
    }
  } catch (const Error& error) {
    const auto& dialect = context.database.dialect();
    if (dialect.AbsentIn(error) == db::Absent::kNothing) throw;
    holders.push_back({"'" + action.description + "': " + error.what(), false});
  }
  return holders;
}

std::vector<std::string> KnownAt(const Context& context,
                                 const MigrationRow& row,
                                 const std::string& name) {
  std::vector<std::string> known;
  const auto kept =
      Observations(context.ledger)
          .Load(context.connection(), row.id, ObservationKind::kHolders, name);
  if (!kept) return known;
  for (const db::Value& value : *kept) known.push_back(db::ToText(value));
  return known;
}

// Before both versions are live, the migration's own SQL may have made what
// hangs on a column that applications see.
std::vector<std::string> Since(const Context& context, const MigrationRow& row,
                               bool of_contract) {
  std::vector<std::string> texts;
  if (row.phase == Phase::kContracting || ContractBegun(context, row)) {
    return texts;
  }
  const bool ready = row.sub_state == SubState::kReady;
  EachStanding(context, row, [&](std::size_t step, std::size_t at) {
    const PlannedAction& action = row.plan.steps[step].actions[at];
    if (action.holders.empty()) return;
    const std::vector<std::string> known =
        KnownAt(context, row, ActionName(step, at));
    for (const Hanger& one : Now(context, action)) {
      if (!one.of_contract && (of_contract || !ready)) continue;
      const bool is_known =
          std::find(known.begin(), known.end(), one.text) != known.end();
      const bool said =
          std::find(texts.begin(), texts.end(), one.text) != texts.end();
      if (!is_known && !said) texts.push_back(one.text);
    }
  });
  return texts;
}

void Refuse(const MigrationRow& row, const std::vector<std::string>& texts,
            const std::string& what) {
  if (texts.empty()) return;
  throw Error(ErrorKind::kRefused,
              "migration '" + row.id + "' cannot be " + what +
                  " as the database is now: " + base::Join(texts, "; "))
      .WithHint(
          "drop it and make it again when the migration is over, or bring it "
          "back as it was; nothing was changed");
}

}  // namespace

HoldersFound FindHolders(const Context& context, const MigrationRow& row) {
  HoldersFound found;
  EachStanding(context, row, [&](std::size_t step, std::size_t at) {
    const PlannedAction& action = row.plan.steps[step].actions[at];
    if (action.holders.empty()) return;
    for (const Hanger& one : Now(context, action)) {
      found[ActionName(step, at)].emplace_back(one.text);
    }
  });
  return found;
}

void RecordHolders(const Context& context, const MigrationRow& row,
                   const HoldersFound& found) {
  for (const auto& [name, texts] : found) {
    Observations(context.ledger)
        .Save(context.connection(), row.id, ObservationKind::kHolders, name,
              texts);
  }
}

std::vector<std::string> HoldersOfContract(const Context& context,
                                           const MigrationRow& row) {
  return Since(context, row, true);
}

void RefuseHeldContract(const Context& context, const MigrationRow& row) {
  Refuse(row, Since(context, row, true), "completed");
}

void RefuseHeldUndo(const Context& context, const MigrationRow& row) {
  Refuse(row, Since(context, row, false), "rolled back");
}

}  // namespace segue::engine
