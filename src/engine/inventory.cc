#include "engine/inventory.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "base/text.h"
#include "ledger/observations.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

const PlannedAction& ActionOf(const MigrationRow& row, std::size_t step,
                              std::size_t at) {
  return row.plan.steps[step].actions[at];
}

bool IsAsked(const MigrationRow& row, std::size_t step, AskedOf whom) {
  const Step& planned = row.plan.steps[step];
  const bool drops = row.plan.undo_window.count() > 0 &&
                     planned.phase == Phase::kContracting &&
                     planned.stage == Stage::kDrop;
  return drops == (whom == AskedOf::kPutAside);
}

std::vector<Fact> Now(db::Connection& connection, const PlannedAction& action) {
  std::vector<Fact> facts;
  for (const db::Row& row : connection.Execute(action.inventory).rows) {
    Fact fact;
    fact.text = db::ToText(row.at(0));
    // A plan of an earlier segue asks for the text only.
    if (row.size() > 2) {
      if (!db::IsNull(row.at(1))) fact.object = db::ToText(row.at(1));
      fact.kind = db::ToText(row.at(2));
    }
    facts.push_back(std::move(fact));
  }
  return facts;
}

// True for the text of a trigger of the user's.
bool IsTrigger(const std::string& text) {
  return text.starts_with("trigger '");
}

// True when the migration itself may make triggers once it completes.
bool RunsSqlAtLast(const Plan& plan) {
  for (const Step& step : plan.steps) {
    if (step.phase != Phase::kContracting) continue;
    for (const PlannedAction& action : step.actions) {
      if (action.description.starts_with("Run SQL: ")) return true;
    }
  }
  return false;
}

std::vector<std::string> TextsOf(const std::vector<Fact>& facts) {
  std::vector<std::string> texts;
  for (const Fact& fact : facts) texts.push_back(fact.text);
  return texts;
}

bool IsPrivilege(const std::string& text) {
  return text.starts_with("privilege ");
}

bool IsSetting(const std::string& text) {
  return text.starts_with("setting of ");
}

// True for the text that tells what a default was, for people. It is compared
// with nothing, because names in it depend on the session.
bool IsWayBack(const std::string& text) {
  return text.starts_with("what sets the default of ");
}

void Save(db::Connection& connection, const Ledger& ledger,
          const MigrationRow& row, const std::string& name,
          const std::vector<std::string>& texts) {
  const std::vector<db::Value> values(texts.begin(), texts.end());
  Observations(ledger).Save(connection, row.id, ObservationKind::kInventory,
                            name, values);
}

bool IsConstraint(const std::string& kind) {
  return kind == "check" || kind == "foreign key" ||
         kind == "unique constraint" || kind == "primary key";
}

// Returns what the fact is about: the text before its value or its hash.
std::string Subject(const std::string& text) {
  return text.substr(0, text.find(": "));
}

// A default that has come or gone is a change of its own.
bool DefaultSet(const Change& change) {
  std::map<std::string, std::string> kept;
  for (const std::string& text : change.kept) {
    if (IsSetting(text)) kept[Subject(text)] = text;
  }
  return std::any_of(change.now.begin(), change.now.end(),
                     [&](const Fact& fact) {
                       const auto was = kept.find(Subject(fact.text));
                       return was != kept.end() && was->second != fact.text;
                     });
}

// Returns the facts, those of one sort taken from the first and all others from
// the second.
std::vector<std::string> Mixed(const std::vector<std::string>& first,
                               bool (*of_first)(const std::string&),
                               std::vector<std::string> second) {
  std::erase_if(second, of_first);
  std::copy_if(first.begin(), first.end(), std::back_inserter(second),
               of_first);
  return second;
}

// A trigger that is gone reads no column, and a partition may leave with what
// it has.
bool MayBeGone(const std::string& text) {
  return IsTrigger(text) || text.starts_with("inheritance of column ") ||
         text.starts_with("default of column '") ||
         text.ends_with("' has of its own") ||
         text.ends_with(", which has the type of its rows");
}

// Returns nullopt when nothing was kept.
std::optional<Change> ChangeOf(db::Connection& connection, const Ledger& ledger,
                               const MigrationRow& row, std::size_t step,
                               std::size_t at) {
  const PlannedAction& action = ActionOf(row, step, at);
  if (action.inventory.empty()) return std::nullopt;
  const auto kept = Observations(ledger).Load(
      connection, row.id, ObservationKind::kInventory, ActionName(step, at));
  if (!kept) return std::nullopt;
  Change change{step, at, {}, {}, Now(connection, action), {}};
  for (const db::Value& value : *kept) {
    change.kept.push_back(db::ToText(value));
  }
  change.default_set = DefaultSet(change);
  std::set<std::string> before(change.kept.begin(), change.kept.end());
  std::erase_if(before, IsSetting);
  std::erase_if(before, IsWayBack);
  std::set<std::string> known;
  for (const std::string& text : change.kept) known.insert(Subject(text));
  std::set<std::string> subjects;
  for (const Fact& fact : change.now) {
    const bool told_otherwise = IsSetting(fact.text) || IsWayBack(fact.text);
    if (before.erase(fact.text) > 0 || told_otherwise) continue;
    change.come.push_back(fact);
    change.come.back().changed = known.count(Subject(fact.text)) > 0;
    subjects.insert(Subject(fact.text));
  }
  for (const std::string& text : before) {
    if (subjects.count(Subject(text)) > 0 || MayBeGone(text)) continue;
    change.gone.push_back(text);
  }
  return change;
}

std::vector<Change> AllChanges(db::Connection& connection, const Ledger& ledger,
                               const MigrationRow& row,
                               AskedOf whom = AskedOf::kOldShape) {
  std::vector<Change> changes;
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    if (!IsAsked(row, step, whom)) continue;
    for (std::size_t at = 0; at < row.plan.steps[step].actions.size(); ++at) {
      std::optional<Change> change =
          ChangeOf(connection, ledger, row, step, at);
      if (change) changes.push_back(std::move(*change));
    }
  }
  return changes;
}

// Records the facts of one sort as they are now.
void KeepNow(db::Connection& connection, const Ledger& ledger,
             const MigrationRow& row, bool (*sort)(const std::string&)) {
  for (const Change& change : AllChanges(connection, ledger, row)) {
    const std::vector<std::string> kept =
        Mixed(TextsOf(change.now), sort, change.kept);
    if (kept == change.kept) continue;
    Save(connection, ledger, row, ActionName(change.step, change.action), kept);
  }
}

std::string ToText(const MigrationRow& row, const Change& change) {
  std::vector<std::string> parts;
  std::vector<std::string> come;
  std::vector<std::string> changed;
  for (const Fact& fact : change.come) {
    (fact.changed ? changed : come).push_back(Shown(fact.text));
  }
  if (!come.empty()) parts.push_back("new is " + base::Join(come, ", "));
  if (!changed.empty()) {
    parts.push_back("changed is " + base::Join(changed, ", "));
  }
  if (!change.gone.empty()) {
    std::vector<std::string> gone;
    for (const std::string& text : change.gone) gone.push_back(Shown(text));
    parts.push_back("gone is " + base::Join(gone, ", "));
  }
  return "'" + ActionOf(row, change.step, change.action).description +
         "': " + base::Join(parts, "; ");
}

}  // namespace

bool IsDefault(const std::string& fact) {
  return fact.starts_with("default: ");
}

bool Change::DefaultsChanged() const { return !ChangedDefaults().empty(); }

std::vector<std::string> Change::ChangedDefaults() const {
  std::vector<std::string> subjects;
  const auto add = [&](const std::string& text) {
    if (text.starts_with("default")) subjects.push_back(Subject(text));
  };
  for (const std::string& text : gone) add(text);
  for (const Fact& fact : come) add(fact.text);
  return subjects;
}

std::string Change::WayBack(const std::string& what) const {
  const std::string begin = "what sets the default of " + what + " back: ";
  for (const std::string& text : kept) {
    if (text.starts_with(begin)) return text.substr(begin.size());
  }
  return "";
}

std::string Shown(const std::string& fact) {
  const bool hashed = fact.find(": definition ") != std::string::npos;
  if (fact.starts_with("default")) return "a " + Subject(fact);
  return hashed ? Subject(fact) : fact;
}

void KeepInventory(db::Connection& connection, const Ledger& ledger,
                   const MigrationRow& row, AskedOf whom) {
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    if (!IsAsked(row, step, whom)) continue;
    const auto& actions = row.plan.steps[step].actions;
    for (std::size_t at = 0; at < actions.size(); ++at) {
      if (actions[at].inventory.empty()) continue;
      Save(connection, ledger, row, ActionName(step, at),
           TextsOf(Now(connection, actions[at])));
    }
  }
}

void KeepPrivileges(db::Connection& connection, const Ledger& ledger,
                    const MigrationRow& row) {
  KeepNow(connection, ledger, row, IsPrivilege);
}

void KeepSettings(db::Connection& connection, const Ledger& ledger,
                  const MigrationRow& row) {
  KeepNow(connection, ledger, row, IsSetting);
}

// A constraint that others had changed before would have refused the contract.
void KeepBroughtBack(db::Connection& connection, const Ledger& ledger,
                     const MigrationRow& row) {
  for (const Change& change : AllChanges(connection, ledger, row)) {
    std::vector<std::string> kept = change.kept;
    for (const std::string& gone : change.gone) std::erase(kept, gone);
    for (const Fact& fact : change.come) {
      if (!fact.changed || !IsConstraint(fact.kind)) continue;
      for (std::string& text : kept) {
        if (Subject(text) == Subject(fact.text)) text = fact.text;
      }
    }
    if (kept == change.kept) continue;
    Save(connection, ledger, row, ActionName(change.step, change.action), kept);
  }
}

void KeepChange(db::Connection& connection, const Ledger& ledger,
                const MigrationRow& row, const Change& change) {
  Save(connection, ledger, row, ActionName(change.step, change.action),
       Mixed(change.kept, IsSetting, TextsOf(change.now)));
}

std::vector<Change> ChangesSince(db::Connection& connection,
                                 const Ledger& ledger, const MigrationRow& row,
                                 AskedOf whom) {
  std::vector<Change> changes = AllChanges(connection, ledger, row, whom);
  std::erase_if(changes, [](const Change& change) { return change.AsItWas(); });
  return changes;
}

std::vector<Change> DefaultsSince(db::Connection& connection,
                                  const Ledger& ledger,
                                  const MigrationRow& row) {
  std::vector<Change> changes = AllChanges(connection, ledger, row);
  std::erase_if(changes, [](const Change& change) {
    return !change.default_set && !change.DefaultsChanged();
  });
  return changes;
}

void RefuseChanges(const MigrationRow& row,
                   const std::vector<Change>& changes) {
  if (changes.empty()) return;
  std::vector<std::string> texts;
  for (const Change& change : changes) texts.push_back(ToText(row, change));
  const bool passes_on =
      std::any_of(changes.begin(), changes.end(), [&](const Change& change) {
        return ActionOf(row, change.step, change.action).heir.has_value();
      });
  throw Error(ErrorKind::kRefused,
              "the contract would lose what others have changed since the "
              "start: " +
                  base::Join(texts, "; "))
      .WithHint(
          std::string(passes_on ? "run 'segue complete' again, which gives "
                                  "over what it can; or "
                                : "") +
          "drop it and make it again afterwards, or bring it back as it was, "
          "or run 'segue rollback'; nothing was contracted");
}

void LockUnchanged(db::Connection& connection, const Ledger& ledger,
                   const MigrationRow& row, std::size_t step, std::size_t begin,
                   std::size_t end) {
  std::vector<Change> changes;
  for (std::size_t at = begin; at < end; ++at) {
    const PlannedAction& action = ActionOf(row, step, at);
    if (!action.inventory_lock.empty()) {
      connection.Execute(action.inventory_lock);
      connection.LimitWaits();
    }
    std::optional<Change> change = ChangeOf(connection, ledger, row, step, at);
    if (!change) continue;
    std::erase_if(change->gone, std::not_fn(IsPrivilege));
    if (RunsSqlAtLast(row.plan)) {
      std::erase_if(change->come,
                    [](const Fact& fact) { return IsTrigger(fact.text); });
    }
    if (change->come.empty() && change->gone.empty()) continue;
    changes.push_back(std::move(*change));
  }
  RefuseChanges(row, changes);
}

}  // namespace segue::engine
