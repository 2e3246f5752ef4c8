#include "planning/plan_operations.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "planning/guard_fills.h"
#include "planning/heirs.h"
#include "planning/narrow_sync.h"
#include "planning/seal.h"
#include "planning/seal_check.h"
#include "planning/share_fills.h"
#include "planning/tied_copies.h"
#include "planning/version_follow.h"
#include "planning/version_views.h"
#include "segue/error.h"

namespace segue::ops {
namespace {

void AddSealOf(const std::string& version, PlanContext& context) {
  DraftStep seal;
  seal.place = kSeal;
  seal.description = "Let nobody use version '" + version + "'";
  seal.notes.push_back(
      "undo: its clients may use it again, as they could before");
  seal.actions.push_back(plan::SealVersion{version});
  context.steps.insert(context.steps.begin(), std::move(seal));
}

// The published version comes last in MIGRATING, and the retired versions come
// first in the drop, so that everything that may still fail has succeeded by
// then.
void AddVersionSteps(const schema::Schema& before, PlanContext& context) {
  DraftStep publish;
  publish.place = Phase::kMigrating;
  publish.description = "Publish version '" + context.version_schema + "'";
  publish.actions.push_back(plan::PublishVersion{
      context.version_schema,
      VersionViews(before, context.schema, context.motions.Columns(),
                   context.claims)});
  context.steps.push_back(std::move(publish));
  for (const std::string& version : context.live_versions) {
    DraftStep retire;
    retire.place = kDrop;
    retire.description = "Retire version '" + version + "'";
    retire.actions.push_back(plan::RetireVersion{version, context.undoable});
    retire.notes.push_back("version '" + version +
                           "' ends at complete: its applications are refused "
                           "from then on, and '" +
                           context.version_schema + "' stays");
    context.steps.insert(context.steps.begin(), std::move(retire));
    if (context.undoable) AddSealOf(version, context);
  }
}

bool RunsSql(const std::vector<DraftStep>& steps, Phase phase) {
  return std::any_of(steps.begin(), steps.end(), [&](const DraftStep& step) {
    return step.place.phase == phase &&
           std::any_of(step.actions.begin(), step.actions.end(),
                       [](const plan::Action& action) {
                         return std::holds_alternative<plan::RawSql>(action);
                       });
  });
}

// What SQL of the user's adds at the contract is known once it has run, so that
// the views are made again at the end.
void AddFollowStep(PlanContext& context) {
  if (!RunsSql(context.steps, Phase::kContracting)) return;
  DraftStep step;
  step.place = kDrop;
  step.description =
      "Show in version '" + context.version_schema + "' what SQL has added";
  step.actions.push_back(
      plan::PublishVersion{context.version_schema, {}, true});
  context.steps.push_back(std::move(step));
}

// The step comes first in the seal, because a refusal there leaves both
// versions live.
void AddClosingStep(PlanContext& context) {
  if (context.closing.empty()) return;
  DraftStep step;
  step.place = kSeal;
  step.description = "Refuse what the new shape has no value for";
  step.actions = context.closing;
  context.steps.insert(context.steps.begin(), std::move(step));
}

using Turn = void (Operation::*)(PlanContext&) const;

// Lets each operation take this turn of its planning. The steps that it adds
// and the errors that it throws belong to the operation.
void EachPlans(const std::vector<OperationPtr>& operations, Turn turn,
               PlanContext& context) {
  for (const OperationPtr& operation : operations) {
    const std::size_t before = context.steps.size();
    try {
      (*operation.*turn)(context);
    } catch (Error& error) {
      const bool about_the_file = error.kind() == ErrorKind::kRefused ||
                                  error.kind() == ErrorKind::kNotFound;
      if (about_the_file) {
        error.WithSource(operation->source());
        if (!operation->made_of().empty()) error.WithNote(operation->made_of());
      }
      throw;
    }
    const bool first = turn == &Operation::Plan;
    if (first && !operation->made_of().empty() &&
        context.steps.size() > before) {
      context.steps[before].notes.push_back(operation->made_of());
    }
    for (std::size_t i = before; i < context.steps.size(); ++i) {
      context.steps[i].source = operation->source();
    }
  }
}

}  // namespace

void PlanOperations(PlanContext& context,
                    const std::vector<OperationPtr>& operations) {
  const schema::Schema before = context.schema;
  EachPlans(operations, &Operation::Plan, context);
  EachPlans(operations, &Operation::Finish, context);
  RefuseTiedCopies(before, context);
  ShareFills(context);
  NarrowSyncs(context, before);
  GuardFills(context, before);
  if (context.access == Access::kVersioned) {
    FollowParents(before, context);
    AddVersionSteps(before, context);
    AddFollowStep(context);
  }
  if (context.undoable) AddUndoSteps(context);
  AddClosingStep(context);
  std::stable_sort(
      context.steps.begin(), context.steps.end(),
      [](const DraftStep& a, const DraftStep& b) { return a.place < b.place; });
  FollowInVersions(before, operations, context);
  if (context.undoable) RefuseUnsealable(context);
}

}  // namespace segue::ops
