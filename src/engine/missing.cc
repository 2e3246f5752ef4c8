#include "engine/missing.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "base/text.h"
#include "engine/contract.h"
#include "engine/inventory.h"
#include "engine/standing_actions.h"
#include "engine/statements.h"
#include "ledger/action_states.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

bool AnyUndone(const Context& context, const MigrationRow& row) {
  const ActionStates states(context.connection(), context.ledger, row.id);
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    const Step& planned = row.plan.steps[step];
    if (planned.phase == Phase::kContracting) continue;
    if (states.OfStep(step) == ActionState::kUndone) return true;
    for (std::size_t action = 0; action < planned.actions.size(); ++action) {
      if (states.Of(step, action) == ActionState::kUndone) return true;
    }
  }
  return false;
}

// A plan of an earlier segue has only the probes. Those of other actions also
// ask about what the plan itself, or the user, may change meanwhile.
bool StaysUntilContract(const PlannedAction& action) {
  constexpr const char* kBegins[] = {"Add column '", "Install triggers ",
                                     "Keep '", "Publish version '"};
  return std::any_of(
      std::begin(kBegins), std::end(kBegins),
      [&](const char* begin) { return action.description.starts_with(begin); });
}

bool SaysWhatIsMissing(const Plan& plan) {
  for (const Step& step : plan.steps) {
    for (const PlannedAction& action : step.actions) {
      if (!action.missing.empty()) return true;
    }
  }
  return false;
}

void AddOnce(std::vector<std::string>* texts, const std::string& text) {
  if (std::count(texts->begin(), texts->end(), text) == 0) {
    texts->push_back(text);
  }
}

// What the second column of a row of PlannedAction::missing says. A plan of an
// earlier segue has no such column.
enum class Lasting : std::int64_t { kNothing, kOutOfStep, kOtherName };

bool Is(Lasting what, const db::Row& row) {
  return row.size() > 1 &&
         db::ToInt(row.at(1)) == static_cast<std::int64_t>(what);
}

// Adds the texts of the rows of PlannedAction::missing that say so.
void AddStanding(const Context& context, const MigrationRow& row, Lasting what,
                 std::vector<std::string>* texts) {
  EachStanding(context, row, [&](std::size_t step, std::size_t at) {
    const PlannedAction& action = row.plan.steps[step].actions[at];
    if (action.missing.empty()) return;
    try {
      for (const db::Row& found :
           context.connection().Execute(action.missing).rows) {
        if (Is(what, found)) AddOnce(texts, db::ToText(found.at(0)));
      }
    } catch (const Error& error) {
      // What needs the table is gone with it.
      const auto& dialect = context.database.dialect();
      if (dialect.AbsentIn(error) == db::Absent::kNothing) throw;
    }
  });
}

void AddMissing(const Context& context, const PlannedAction& action,
                bool probes, std::vector<std::string>* missing) {
  if (action.kind != ActionKind::kSchema) return;
  const auto add = [&](const std::string& text) { AddOnce(missing, text); };
  if (!action.missing.empty()) {
    try {
      for (const db::Row& row :
           context.connection().Execute(action.missing).rows) {
        add(db::ToText(row.at(0)));
      }
    } catch (const Error& error) {
      // What cannot even be looked at lacks something that it needs.
      const auto& dialect = context.database.dialect();
      if (dialect.AbsentIn(error) == db::Absent::kNothing) throw;
      add("'" + action.description + "': " + error.what());
    }
  } else if (probes && StaysUntilContract(action) && !action.probe.empty() &&
             !Holds(context.connection(), action.probe)) {
    add("'" + action.description + "' is not so any more");
  }
}

// Says of one of Change::ChangedDefaults what has another default now, and what
// sets it back.
std::string OtherDefault(const Change& change, const plan::Heir& heir,
                         const std::string& subject) {
  constexpr std::string_view kOf = "default of ";
  const bool own = subject.starts_with(kOf);
  const std::string named = own ? subject.substr(kOf.size()) : heir.column;
  const bool elsewhere = named.starts_with("type ") ||
                         named.find(" of partition '") != std::string::npos;
  const std::string column = own ? heir.heir : heir.column;
  std::string text =
      "the default of " +
      (elsewhere ? named : "column '" + column + "' of '" + heir.table + "'") +
      " is not the one of the start";
  const std::string back = change.WayBack(named);
  if (!back.empty()) text += " (" + back + " sets it back)";
  return text;
}

// The triggers tell what was left out by the defaults of the start. What the
// new version has written since another one counts as given on both sides.
// Returns the columns that have another default, or those of which the default
// was another one for a while.
std::vector<std::string> OtherDefaults(const Context& context,
                                       const MigrationRow& row, bool now) {
  std::vector<std::string> texts;
  for (const Change& change :
       DefaultsSince(context.connection(), context.ledger, row)) {
    const auto& heir = row.plan.steps[change.step].actions[change.action].heir;
    if (!heir || !heir->both_written || change.DefaultsChanged() != now) {
      continue;
    }
    if (!now) {
      AddOnce(&texts, "the default of column '" + heir->column + "' or '" +
                          heir->heir + "' of '" + heir->table +
                          "' was set since the start, at last to what it was");
    }
    for (const std::string& subject : change.ChangedDefaults()) {
      AddOnce(&texts, OtherDefault(change, *heir, subject));
    }
  }
  return texts;
}

}  // namespace

bool RollingBack(const Context& context, const MigrationRow& row) {
  if (row.phase == Phase::kComplete || row.phase == Phase::kRolledBack) {
    return false;
  }
  return row.sub_state == SubState::kRollingBack || AnyUndone(context, row);
}

void RefuseRollingBack(const Context& context, const MigrationRow& row) {
  if (!RollingBack(context, row)) return;
  throw Error(
      ErrorKind::kRefused,
      "migration '" + row.id + "' is rolling back, and only that can go on")
      .WithHint("run 'segue rollback' to finish it");
}

void RefuseUnready(const MigrationRow& row) {
  if (row.sub_state == SubState::kReady) return;
  throw Error(ErrorKind::kRefused, "migration '" + row.id +
                                       "' is not ready: it is " +
                                       std::string(ToString(row.phase)))
      .WithHint("let 'segue start' or 'segue resume' finish first");
}

namespace {

std::vector<std::string> Broken(const Context& context,
                                const MigrationRow& row) {
  std::vector<std::string> missing;
  if (row.phase == Phase::kContracting || ContractBegun(context, row)) {
    return missing;
  }
  const bool probes = !SaysWhatIsMissing(row.plan);
  EachStanding(context, row, [&](std::size_t step, std::size_t at) {
    const PlannedAction& action = row.plan.steps[step].actions[at];
    AddMissing(context, action, probes, &missing);
  });
  for (const std::string& text : OtherDefaults(context, row, true)) {
    AddOnce(&missing, text);
  }
  // Where a table is gone, so is all that is on it.
  std::stable_partition(
      missing.begin(), missing.end(),
      [](const std::string& text) { return text.starts_with("table "); });
  return missing;
}

}  // namespace

std::vector<std::string> SetDefaults(const Context& context,
                                     const MigrationRow& row) {
  if (row.phase == Phase::kContracting || ContractBegun(context, row)) {
    return {};
  }
  return OtherDefaults(context, row, false);
}

std::vector<std::string> Missing(const Context& context,
                                 const MigrationRow& row) {
  std::vector<std::string> missing = Broken(context, row);
  for (const std::string& text : SetDefaults(context, row)) {
    AddOnce(&missing, text);
  }
  return missing;
}

std::vector<std::string> OutOfStep(const Context& context,
                                   const MigrationRow& row) {
  std::vector<std::string> texts = OtherDefaults(context, row, true);
  for (const std::string& text : SetDefaults(context, row)) {
    AddOnce(&texts, text);
  }
  AddStanding(context, row, Lasting::kOutOfStep, &texts);
  return texts;
}

std::vector<std::string> Renamed(const Context& context,
                                 const MigrationRow& row) {
  std::vector<std::string> texts;
  AddStanding(context, row, Lasting::kOtherName, &texts);
  return texts;
}

void RequireWhole(const Context& context, const MigrationRow& row) {
  const std::vector<std::string> missing = Broken(context, row);
  if (missing.empty()) return;
  throw Error(ErrorKind::kRefused,
              "somebody else has changed what migration '" + row.id +
                  "' has made: " + base::Join(missing, "; "))
      .WithHint(
          "bring it back as it was and look with 'segue verify' at what was "
          "written meanwhile; or run 'segue rollback', which undoes what is "
          "there");
}

}  // namespace segue::engine
