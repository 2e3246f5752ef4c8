#include "planner/plan_trial.h"

#include <algorithm>
#include <set>
#include <variant>

#include "plan/rebase.h"
#include "planner/render_steps.h"
#include "planning/version_follow.h"

namespace segue::engine {
namespace {

using Names = std::set<std::string>;

Names NamedBy(const ops::PlanContext& context) {
  Names names;
  for (const ops::DraftStep& step : context.steps) {
    for (const plan::Action& action : step.actions) {
      for (std::string& name : plan::TablesNamedBy(action, context.motions)) {
        names.insert(std::move(name));
      }
    }
  }
  return names;
}

std::vector<std::string> Existing(const Names& names,
                                  const schema::Schema& schema) {
  std::vector<std::string> existing;
  for (const std::string& name : names) {
    if (schema.FindTable(name) != nullptr) existing.push_back(name);
  }
  return existing;
}

// A view of a table that the steps do not name shows it as it is, so that
// nothing of it can fail that did not fail before.
void KeepNamed(plan::PublishVersion& publish, const Names& names) {
  auto& views = publish.views;
  const auto unnamed = [&](const plan::VersionView& view) {
    const std::vector<schema::TableName> tables = view.Tables();
    return std::any_of(tables.begin(), tables.end(), [&](const auto& table) {
      return names.count(table.name) == 0;
    });
  };
  views.erase(std::remove_if(views.begin(), views.end(), unnamed), views.end());
}

// True for what works on things outside the place of the trial: statements of
// the user's, and the views of an earlier version.
bool StaysOut(const plan::Action& action) {
  return std::holds_alternative<plan::RawSql>(action) ||
         std::holds_alternative<plan::SealVersion>(action) ||
         std::holds_alternative<plan::RetireVersion>(action);
}

bool AnyStaysOut(const ops::DraftStep& draft) {
  return std::any_of(draft.actions.begin(), draft.actions.end(), StaysOut);
}

bool HasSql(const ops::PlanContext& context) {
  for (const ops::DraftStep& step : context.steps) {
    for (const plan::Action& action : step.actions) {
      if (std::holds_alternative<plan::RawSql>(action)) return true;
    }
  }
  return false;
}

// Renders the steps for the place of the trial. The steps keep their numbers.
std::vector<Step> RenderThere(const db::Dialect& dialect,
                              const plan::Rebase& rebase,
                              const schema::Schema& schema,
                              const ops::PlanContext& context,
                              const Names& names,
                              std::chrono::milliseconds lock_budget) {
  const schema::Schema there = rebase.Of(schema);
  const plan::Motions motions = rebase.Of(context.motions);
  const db::RenderContext render{there, lock_budget, motions};
  std::vector<Step> steps;
  for (const ops::DraftStep& planned : context.steps) {
    ops::DraftStep draft = ops::WithoutReshapes(planned);
    if (AnyStaysOut(draft)) {
      draft.actions.clear();
      draft.atomic.clear();
    }
    for (plan::Action& action : draft.actions) {
      action = rebase.Of(std::move(action));
      auto* publish = std::get_if<plan::PublishVersion>(&action);
      if (publish != nullptr) KeepNamed(*publish, names);
    }
    steps.push_back(RenderStep(dialect, draft, render));
  }
  return steps;
}

// The name of a table of another schema has the schema before a dot.
bool IsElsewhere(const std::string& name, const schema::Schema& schema) {
  return name.find('.') != std::string::npos &&
         schema.FindTable(name) == nullptr;
}

}  // namespace

std::optional<PreparedTrial> PrepareTrial(
    const db::Dialect& dialect, db::Connection& connection,
    const schema::Schema& schema, const ops::PlanContext& context,
    const Plan& plan, std::chrono::milliseconds lock_budget) {
  const auto* trier = dynamic_cast<const db::PlanTrier*>(&dialect);
  if (trier == nullptr) return std::nullopt;
  const Names names = NamedBy(context);
  PreparedTrial prepared;
  db::PlanTrial& trial = prepared.trial;
  trial.schema = schema.name;
  trial.place = trier->TrialPlace(connection, schema.name);
  trial.tables = Existing(names, schema);
  trial.version_schema = context.version_schema;
  trial.motions = plan.motions;
  if (trial.place == trial.schema) {
    trial.steps = plan.steps;
    return prepared;
  }
  for (const std::string& name : names) {
    if (!IsElsewhere(name, schema)) continue;
    prepared.left_out.push_back("it refers to table '" + name +
                                "' of another schema");
    return prepared;
  }
  if (HasSql(context)) {
    prepared.left_out.emplace_back("what 'sql' runs is not tried");
    prepared.conclusive = false;
  }
  trial.steps = RenderThere(dialect, {trial.schema, trial.place}, schema,
                            context, names, lock_budget);
  return prepared;
}

}  // namespace segue::engine
