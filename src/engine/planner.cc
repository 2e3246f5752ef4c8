#include "engine/planner.h"

#include <algorithm>
#include <map>
#include <variant>

#include "base/text.h"
#include "checks/check.h"
#include "engine/render_steps.h"
#include "engine/version_views.h"
#include "ops/narrow_sync.h"
#include "ops/operation.h"
#include "ops/share_fills.h"
#include "plan/names.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

// Views of our own published versions depend on every table and are retired
// before anything is dropped, so no operation needs to mind them.
void ForgetVersionViews(schema::Schema& schema,
                        const std::vector<std::string>& live_versions) {
  for (schema::Table& table : schema.tables) {
    auto& all = table.dependents;
    const auto ours = [&](const schema::Dependent& dependent) {
      return std::any_of(live_versions.begin(), live_versions.end(),
                         [&](const std::string& version) {
                           return dependent.name.rfind(version + ".", 0) == 0;
                         });
    };
    all.erase(std::remove_if(all.begin(), all.end(), ours), all.end());
  }
}

ops::Facts Ask(const PlannerInput& input, schema::Schema schema) {
  ops::Facts facts;
  for (const ops::OperationPtr& operation : input.migration.operations) {
    for (const db::Question& question :
         operation->Questions(schema, input.dialect)) {
      facts.Add(question, input.dialect.Examine(input.connection, question));
    }
    operation->Foresee(schema, input.dialect);
  }
  return facts;
}

bool AddsVisibleColumn(const std::vector<ops::DraftStep>& steps) {
  for (const ops::DraftStep& step : steps) {
    for (const plan::Action& action : step.actions) {
      if (std::holds_alternative<plan::AddColumn>(action)) return true;
    }
  }
  return false;
}

// The published version comes last of MIGRATING and the retired ones go first
// of CONTRACTING: what may still fail has succeeded by then.
void AddVersionSteps(const PlannerInput& input, const schema::Schema& before,
                     ops::PlanContext& context) {
  ops::DraftStep publish;
  publish.place = Phase::kMigrating;
  publish.description = "Publish version '" + context.version_schema + "'";
  publish.actions.push_back(plan::PublishVersion{
      context.version_schema,
      VersionViews(before, context.schema, context.motions.Columns())});
  context.steps.push_back(std::move(publish));
  for (const std::string& version : input.live_versions) {
    ops::DraftStep retire;
    retire.place = ops::kDrop;
    retire.description = "Retire version '" + version + "'";
    retire.actions.push_back(plan::RetireVersion{version});
    context.steps.insert(context.steps.begin(), std::move(retire));
  }
}

// First of CONTRACTING: what is refused here leaves both versions live.
void AddClosingStep(ops::PlanContext& context) {
  if (context.closing.empty()) return;
  ops::DraftStep step;
  step.place = ops::kSeal;
  step.description = "Refuse what 'up' or 'down' fails on again";
  step.actions = context.closing;
  context.steps.insert(context.steps.begin(), std::move(step));
}

void CheckTransformErrors(const PlannerInput& input) {
  const db::Capabilities& can = input.dialect.capabilities();
  if (input.on_transform_error != OnTransformError::kMark ||
      can.marks_transform_errors) {
    return;
  }
  throw Error(ErrorKind::kRefused,
              "on_transform_error: mark: a trigger of " + can.name +
                  " cannot go on after an error, so that a write which 'up' or "
                  "'down' fails on can only be refused")
      .WithHint("use 'on_transform_error: refuse'");
}

void CheckAccess(const PlannerInput& input) {
  const db::Capabilities& can = input.dialect.capabilities();
  if (input.access == Access::kVersioned && !can.versioned_access) {
    throw Error(ErrorKind::kRefused,
                can.name + " has no versioned access in this version of segue")
        .WithHint("use 'access: in_place'");
  }
  if (input.access == Access::kInPlace && !input.live_versions.empty()) {
    throw Error(ErrorKind::kRefused,
                "schema '" + input.schema_name +
                    "' has the published version '" +
                    input.live_versions.back() +
                    "', whose clients would not see a change in place")
        .WithHint("use 'access: versioned'");
  }
}

std::string VersionSchemaFor(const PlannerInput& input) {
  if (input.access != Access::kVersioned) return {};
  const std::string& version = input.migration.version.empty()
                                   ? input.migration.id
                                   : input.migration.version;
  return plan::VersionSchema(input.schema_name, version,
                             input.dialect.capabilities().max_identifier);
}

// Of which tables and indexes the history says how they fare: not those of
// ours, which get another name or go, nor those of tables that are new.
std::vector<Gauge> GaugesFor(const db::Language& language,
                             const schema::Schema& schema,
                             const ops::PlanContext& context) {
  std::map<std::string, std::vector<std::string>> indexes;
  const auto add = [&](const schema::TableName& table,
                       const schema::Index& index) {
    const bool ours = base::StartsWith(index.name, plan::kOurs);
    std::vector<std::string>& names = indexes[table.name];
    const bool known =
        std::find(names.begin(), names.end(), index.name) != names.end();
    if (!ours && !known) names.push_back(index.name);
  };
  for (const ops::DraftStep& step : context.steps) {
    for (const plan::Action& action : step.actions) {
      if (const auto* create = std::get_if<plan::CreateIndex>(&action)) {
        add(create->table, create->index);
      } else if (const auto* drop = std::get_if<plan::DropIndex>(&action)) {
        add(drop->table, drop->index);
      } else if (const auto* fill = std::get_if<plan::Backfill>(&action)) {
        indexes[plan::TableOf(context.motions.At(fill->motions[0])).name];
      }
    }
  }
  std::vector<Gauge> gauges;
  for (const auto& [name, names] : indexes) {
    const schema::Table* table = schema.FindTable(name);
    if (table != nullptr) gauges.push_back(language.GaugeFor(*table, names));
  }
  return gauges;
}

// Of several motions that one walk fills, which goes over the rows once, the
// costliest counts.
void Combine(const std::vector<MotionEstimate>& one,
             std::vector<MotionEstimate>& all) {
  for (std::size_t i = 0; i < one.size(); ++i) {
    if (i == all.size()) {
      all.push_back(one[i]);
      continue;
    }
    all[i].seconds = std::max(all[i].seconds, one[i].seconds);
    all[i].log_bytes = std::max(all[i].log_bytes, one[i].log_bytes);
    all[i].disk_bytes = std::max(all[i].disk_bytes, one[i].disk_bytes);
  }
}

// A table that is made on the way is empty.
std::vector<MotionEstimate> EstimatesFor(const PlannerInput& input,
                                         const schema::Schema& schema,
                                         const ops::PlanContext& context,
                                         const plan::Backfill& fill) {
  std::vector<MotionEstimate> all;
  for (const plan::MotionId& id : fill.motions) {
    const auto* motion =
        std::get_if<plan::ColumnMotion>(&context.motions.At(id));
    if (motion == nullptr) continue;
    const schema::Table* table = schema.FindTable(motion->table.name);
    if (table == nullptr) continue;
    Combine(input.dialect.Estimate(input.connection, *motion, *table), all);
  }
  return all;
}

std::vector<MotionEstimate> EstimatesFor(const PlannerInput& input,
                                         const schema::Schema& schema,
                                         const ops::PlanContext& context) {
  std::vector<MotionEstimate> all;
  for (const ops::DraftStep& step : context.steps) {
    for (const plan::Action& action : step.actions) {
      const auto* fill = std::get_if<plan::Backfill>(&action);
      if (fill == nullptr) continue;
      for (MotionEstimate& one : EstimatesFor(input, schema, context, *fill)) {
        all.push_back(std::move(one));
      }
    }
  }
  return all;
}

// What actions of the plan name: each motion that has rows to fill, and each
// fill that several share.
std::vector<MotionSql> RenderMotions(const db::Language& language,
                                     const ops::PlanContext& context,
                                     const db::RenderContext& render) {
  std::vector<MotionSql> motions;
  for (const ops::DraftStep& step : context.steps) {
    for (const plan::Action& action : step.actions) {
      const auto* fill = std::get_if<plan::Backfill>(&action);
      if (fill == nullptr) continue;
      for (const plan::MotionId& id : fill->motions) {
        motions.push_back(language.RenderMotions({id}, render));
      }
      if (fill->motions.size() == 1) continue;
      motions.push_back(language.RenderMotions(fill->motions, render));
    }
  }
  return motions;
}

Plan Assemble(const PlannerInput& input, const schema::Schema& schema,
              const ops::PlanContext& context) {
  Plan plan;
  plan.id = input.migration.id;
  plan.title = input.migration.title;
  plan.access = input.access;
  plan.version = input.migration.version.empty() ? input.migration.id
                                                 : input.migration.version;
  plan.version_schema = context.version_schema;
  const db::RenderContext render{schema, input.lock_budget, context.motions};
  for (const ops::DraftStep& draft : context.steps) {
    plan.steps.push_back(RenderStep(input.dialect, draft, render));
  }
  plan.motions = RenderMotions(input.dialect, context, render);
  plan.gauges = GaugesFor(input.dialect, schema, context);
  plan.estimates = EstimatesFor(input, schema, context);
  plan.on_transform_error = input.on_transform_error;
  const db::Capabilities& can = input.dialect.capabilities();
  if (input.access == Access::kVersioned) {
    plan.notes = can.versioned_notes;
  } else if (AddsVisibleColumn(context.steps)) {
    plan.notes = can.in_place_notes;
  }
  if (!context.closing.empty()) {
    plan.notes.push_back(
        "on_transform_error: mark: a write that 'up' or 'down' fails on goes "
        "through and its row is marked; verify lists the marked rows, and "
        "complete is refused while there are any");
  }
  return plan;
}

}  // namespace

Planned MakePlan(const PlannerInput& input) {
  CheckAccess(input);
  CheckTransformErrors(input);
  schema::Schema schema =
      input.dialect.Inspect(input.connection, input.schema_name);
  ForgetVersionViews(schema, input.live_versions);
  ops::Facts facts = Ask(input, schema);
  ops::PlanContext context{input.dialect,
                           input.access,
                           input.migration.id,
                           VersionSchemaFor(input),
                           facts,
                           schema,
                           {}};
  context.on_transform_error = input.on_transform_error;
  for (const ops::OperationPtr& operation : input.migration.operations) {
    for (const db::Question& question :
         operation->ShapeQuestions(context.schema, input.dialect)) {
      facts.Add(question, input.dialect.Examine(input.connection, question));
    }
    operation->Plan(context);
  }
  for (const ops::OperationPtr& operation : input.migration.operations) {
    operation->Finish(context);
  }
  ops::ShareFills(context);
  ops::NarrowSyncs(context, schema);
  if (input.access == Access::kVersioned) {
    AddVersionSteps(input, schema, context);
  }
  AddClosingStep(context);
  std::stable_sort(context.steps.begin(), context.steps.end(),
                   [](const ops::DraftStep& a, const ops::DraftStep& b) {
                     return a.place < b.place;
                   });
  Planned planned;
  planned.findings = checks::RunAll(
      {schema, context.steps, context.motions, input.dialect.capabilities()});
  const bool refused =
      std::any_of(planned.findings.begin(), planned.findings.end(),
                  [](const Finding& finding) {
                    return finding.severity == Finding::Severity::kError;
                  });
  // A refused plan is not rendered: a table we may not alter may also be one
  // that cannot be rendered.
  if (!refused) planned.plan = Assemble(input, schema, context);
  return planned;
}

}  // namespace segue::engine
