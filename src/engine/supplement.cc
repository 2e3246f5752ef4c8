#include "engine/supplement.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "engine/inventory.h"
#include "ledger/stored_plan.h"
#include "ledger/versions.h"
#include "planner/supplement.h"
#include "planning/answers.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

constexpr int kRounds = 3;

const PlannedAction& ActionOf(const MigrationRow& row, const Change& change) {
  return row.plan.steps[change.step].actions[change.action];
}

// A column that is put aside has another name when it is dropped.
bool PutAside(const MigrationRow& row, const Change& change) {
  return row.plan.steps[change.step].stage == Stage::kSeal;
}

// Privileges have followed already, and one that has come since waits for the
// next run. What has another definition under the same name has a copy already.
// A materialized view would have to be filled before the seal.
bool Supplied(const MigrationRow& row, const Change& change, const Fact& fact) {
  if (fact.kind == "materialized view") return false;
  if (fact.kind == "view") return !PutAside(row, change);
  const bool redefined = fact.changed && (!fact.object.empty() ||
                                          fact.kind == "statistics object");
  return fact.kind != "privilege" && !redefined &&
         ops::AnswerOn(fact.kind, ops::ColumnFate::kReplaced).verb ==
             ops::Verb::kCarried;
}

// The contract looks for the views that are there by then.
bool MayGo(const std::string& text) {
  return IsDefault(text) || text.starts_with("view ") ||
         text.starts_with("materialized view ");
}

// An object over two columns that both go would need one copy over both heirs.
bool MeetInOneObject(const MigrationRow& row,
                     const std::vector<Change>& changes) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const Change& change : changes) {
    for (const Fact& fact : change.come) {
      if (fact.object.empty()) continue;
      const std::string& table = ActionOf(row, change).heir->table;
      if (!seen.emplace(table, fact.object).second) return true;
    }
  }
  return false;
}

// What says nothing of the rows goes with a column, as with a plain DROP
// COLUMN, and as the plan lets it go.
bool GoesAlong(const Fact& fact) {
  constexpr std::string_view kKinds[] = {"comment of the column", "comment",
                                         "index", "statistics object"};
  return std::find(std::begin(kKinds), std::end(kKinds), fact.kind) !=
         std::end(kKinds);
}

ops::SupplementRequest RequestOf(const MigrationRow& row,
                                 const Change& change) {
  ops::SupplementRequest request{*ActionOf(row, change).heir, {}};
  // A default that is gone is a change, too.
  request.default_changed =
      std::any_of(change.gone.begin(), change.gone.end(), IsDefault);
  for (const Fact& fact : change.come) {
    if (!fact.object.empty()) request.objects.push_back(fact.object);
    request.default_changed |= fact.kind == "default";
    request.comment_changed |= fact.kind == "comment of the column";
  }
  return request;
}

// The actions with which the transaction begins and ends that takes a column
// away.
struct DropEnds {
  PlannedAction* first = nullptr;
  PlannedAction* last = nullptr;
};

DropEnds EndsOfDrop(Plan& plan, const plan::Heir& heir) {
  DropEnds ends;
  for (Step& step : plan.steps) {
    const auto is_it = [&](const PlannedAction& one) {
      return one.heir == heir;
    };
    const auto found =
        std::find_if(step.actions.rbegin(), step.actions.rend(), is_it);
    if (found == step.actions.rend()) continue;
    ends = {};
    for (PlannedAction& action : step.actions) {
      if (action.unit != found->unit) continue;
      if (ends.first == nullptr) ends.first = &action;
      ends.last = &action;
    }
  }
  if (ends.last == nullptr) {
    throw Error(ErrorKind::kInternal, "the plan takes no such column away");
  }
  return ends;
}

// What a supplement gives a second time is left out: an earlier one, or the
// plan itself, gives it already.
void Amend(Plan& plan, const plan::Heir& heir, Supplement supplement) {
  std::set<std::string> given;
  for (const Step& step : plan.steps) {
    for (const PlannedAction& action : step.actions) {
      for (const Statement& statement : action.forward) {
        given.insert(statement.sql);
      }
    }
  }
  const DropEnds ends = EndsOfDrop(plan, heir);
  for (Statement& statement : supplement.first) {
    if (given.count(statement.sql) > 0) continue;
    ends.first->forward.insert(ends.first->forward.begin(),
                               std::move(statement));
  }
  for (Statement& statement : supplement.within) {
    if (given.count(statement.sql) > 0) continue;
    ends.last->forward.push_back(std::move(statement));
  }
  if (supplement.before.actions.empty()) return;
  plan.steps.push_back(std::move(supplement.before));
}

std::vector<std::string> VersionsOf(const Context& context) {
  std::vector<std::string> schemas;
  for (const VersionInfo& version :
       PublishedVersions(context.ledger).All(context.connection())) {
    schemas.push_back(version.version_schema);
  }
  return schemas;
}

std::string TextOf(const Change& change, const plan::Heir& heir) {
  std::vector<std::string> texts;
  for (const Fact& fact : change.come) texts.push_back(Shown(fact.text));
  for (const std::string& text : change.gone) {
    texts.push_back(IsDefault(text) ? "no default" : "no " + Shown(text));
  }
  return "the plan gets a supplement for column '" + heir.column + "' of '" +
         heir.table + "': " + base::Join(texts, ", ");
}

void Tell(const Context& context, const MigrationRow& row,
          const std::string& text) {
  Progress told;
  told.migration = row.id;
  told.phase = row.phase;
  told.message = text;
  context.options.listeners.Send(told);
}

// The plan is amended in the ledger, together with what it takes into account,
// before anything of it runs.
void Record(const Context& context, Transitions& transitions, MigrationRow& row,
            const Change& change) {
  const plan::Heir heir = *ActionOf(row, change).heir;
  const SupplementInput input{context.database.schema(), context.LockBudget(),
                              RequestOf(row, change), VersionsOf(context)};
  MigrationRow amended = row;
  Amend(
      amended.plan, heir,
      MakeSupplement(context.database.dialect(), context.connection(), input));
  const std::string text = TextOf(change, heir);
  transitions.InLedger([&] {
    StorePlan(context.connection(), context.ledger, amended);
    KeepChange(context.connection(), context.ledger, row, change);
    transitions.AddEvent(EventKind::kNote, text);
  });
  row.plan = std::move(amended.plan);
  Tell(context, row, text);
}

// Takes out what goes with a column that nothing takes the place of. It is
// known from then on.
void LetGo(const Context& context, Transitions& transitions,
           const MigrationRow& row, std::vector<Change>& changes) {
  for (const Change& change : changes) {
    if (!AllGoes(row, change)) continue;
    std::vector<std::string> texts;
    for (const Fact& fact : change.come) texts.push_back(Shown(fact.text));
    const std::string text = "'" + ActionOf(row, change).description +
                             "' takes along: " + base::Join(texts, ", ");
    transitions.InLedger([&] {
      KeepChange(context.connection(), context.ledger, row, change);
      if (!texts.empty()) transitions.AddEvent(EventKind::kNote, text);
    });
    if (!texts.empty()) Tell(context, row, text);
  }
  std::erase_if(changes,
                [&](const Change& change) { return AllGoes(row, change); });
}

// Runs the steps that were added to the plan behind those of its contract.
void RunAdded(const MigrationRow& row, RunParts& parts) {
  bool behind = false;
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    const Phase phase = row.plan.steps[step].phase;
    behind |= phase == Phase::kContracting;
    if (behind && phase == Phase::kMigrating) parts.steps.Run(step);
  }
}

}  // namespace

bool AllGoes(const MigrationRow& row, const Change& change) {
  return !ActionOf(row, change).heir && !PutAside(row, change) &&
         std::all_of(change.come.begin(), change.come.end(), GoesAlong) &&
         std::all_of(change.gone.begin(), change.gone.end(),
                     [](const std::string& text) {
                       return MayGo(text) || text.starts_with("comment ");
                     });
}

void RefuseUnsupplied(const MigrationRow& row, std::vector<Change> changes) {
  std::erase_if(changes,
                [&](const Change& change) { return AllGoes(row, change); });
  const auto unsupplied = [&](const Change& change) {
    return !std::all_of(change.gone.begin(), change.gone.end(), MayGo) ||
           !ActionOf(row, change).heir ||
           !std::all_of(
               change.come.begin(), change.come.end(),
               [&](const Fact& fact) { return Supplied(row, change, fact); });
  };
  if (std::any_of(changes.begin(), changes.end(), unsupplied) ||
      MeetInOneObject(row, changes)) {
    RefuseChanges(row, changes);
  }
}

void CatchUp(const Context& context, Transitions& transitions,
             MigrationRow& row, RunParts& parts) {
  RunAdded(row, parts);
  std::vector<Change> changes;
  for (int round = 0; round <= kRounds; ++round) {
    changes = ChangesSince(context.connection(), context.ledger, row);
    LetGo(context, transitions, row, changes);
    if (changes.empty()) return;
    RefuseUnsupplied(row, changes);
    if (round == kRounds) break;
    for (const Change& change : changes) {
      Record(context, transitions, row, change);
    }
    RunAdded(row, parts);
  }
  RefuseChanges(row, changes);
}

}  // namespace segue::engine
