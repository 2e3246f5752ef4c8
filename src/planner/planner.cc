#include "planner/planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <utility>
#include <variant>

#include "base/append.h"
#include "checks/check.h"
#include "ops/combine.h"
#include "plan/names.h"
#include "planner/kept_versions.h"
#include "planner/missing_rights.h"
#include "planner/removals.h"
#include "planner/render_steps.h"
#include "planner/subscribers.h"
#include "planning/operation.h"
#include "planning/plan_operations.h"
#include "planning/version_views.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

bool AddsVisibleColumn(const std::vector<ops::DraftStep>& steps) {
  for (const ops::DraftStep& step : steps) {
    for (const plan::Action& action : step.actions) {
      if (std::holds_alternative<plan::AddColumn>(action)) return true;
    }
  }
  return false;
}

void CheckTransformErrors(const db::Capabilities& can,
                          const PlannerInput& input) {
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

void CheckUserTriggers(const db::Capabilities& can, const PlannerInput& input) {
  if (input.user_triggers != UserTriggers::kSkip || can.holds_triggers) return;
  throw Error(ErrorKind::kRefused,
              "user_triggers: skip: " + can.name +
                  " can neither replace a trigger nor switch it off, so that "
                  "each row that is filled fires it")
      .WithHint("use 'user_triggers: fire'");
}

// Without a server nobody knows what a published version shows.
void CheckAccess(const db::Capabilities& can, const PlannerInput& input,
                 bool online) {
  if (input.access == Access::kVersioned && !can.versioned_access) {
    throw Error(ErrorKind::kRefused,
                can.name + " has no versioned access in this version of segue")
        .WithHint("use 'access: in_place'");
  }
  if (input.access == Access::kVersioned && !can.versioned_breaks.empty() &&
      input.migration.access_from_outside) {
    throw Error(
        ErrorKind::kRefused,
        "versioned access has to stand in the migration file itself on " +
            can.name + ": " + can.versioned_breaks)
        .WithHint(
            "write 'access: versioned' into the file if no application "
            "relies on that");
  }
  const bool follows = online && can.reshapes_versions;
  if (input.access == Access::kInPlace && !input.live_versions.empty() &&
      !follows) {
    throw Error(ErrorKind::kRefused,
                "schema '" + input.schema_name +
                    "' has the published version '" +
                    input.live_versions.back() +
                    "', whose clients would not see a change in place")
        .WithHint(
            "use 'access: versioned', or take the version away first: "
            "'segue versions retire " +
            input.live_versions.back() + "'");
  }
}

// A version has a view for each table. The transaction that publishes it locks
// the view, its table and their schemas, and each statement of an application
// that reads through it holds a lock more for each table. When the server runs
// out of locks, the statements of applications fail.
void CheckLocks(const schema::Schema& schema, const PlannerInput& input) {
  constexpr std::int64_t kLocksOfAView = 3;
  const auto views = static_cast<std::int64_t>(schema.tables.size());
  const std::int64_t needed = kLocksOfAView * views;
  const bool enough = schema.lock_slots == 0 || 2 * needed <= schema.lock_slots;
  if (input.access != Access::kVersioned || enough) return;
  throw Error(ErrorKind::kRefused,
              fmt::format("a version of schema '{}' has {} views, and "
                          "publishing them would hold about {} of the {} locks "
                          "that all sessions of this server share",
                          schema.name, views, needed, schema.lock_slots))
      .WithHint("raise max_locks_per_transaction, or use 'access: in_place'");
}

std::string VersionSchemaFor(const db::Capabilities& can,
                             const PlannerInput& input) {
  if (input.access != Access::kVersioned) return {};
  const std::string& version = input.migration.version.empty()
                                   ? input.migration.id
                                   : input.migration.version;
  return plan::VersionSchema(input.schema_name, version, can.max_identifier);
}

// Chooses the tables and indexes whose use the history reports before and
// after. It leaves out segue's own objects, which are renamed or dropped, and
// the tables that the migration creates.
std::vector<Gauge> GaugesFor(const db::Language& language,
                             const schema::Schema& schema,
                             const ops::PlanContext& context) {
  std::map<std::string, std::vector<std::string>> indexes;
  const auto add = [&](const schema::TableName& table,
                       const schema::Index& index) {
    const bool ours = index.name.starts_with(plan::kOurs);
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
      } else if (const auto* gone = std::get_if<plan::DropColumn>(&action)) {
        // The probe of its table is watched until the drop.
        if (context.undoable) indexes[gone->table.name];
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

// Combines the estimates of motions that one walk fills. The walk reads the
// rows once, so the dearest motion counts.
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

// A table that the migration creates is empty, so it has no estimate.
std::vector<MotionEstimate> EstimatesFor(const db::Dialect& dialect,
                                         db::Connection& connection,
                                         const schema::Schema& schema,
                                         const ops::PlanContext& context,
                                         const plan::Backfill& fill) {
  std::vector<MotionEstimate> all;
  for (const plan::MotionId& id : fill.motions) {
    const plan::Motion& motion = context.motions.At(id);
    const schema::Table* table = schema.FindTable(plan::TableOf(motion).name);
    if (table == nullptr) continue;
    Combine(dialect.Estimate(connection, motion, *table), all);
  }
  return all;
}

std::vector<MotionEstimate> EstimatesFor(const db::Dialect& dialect,
                                         db::Connection& connection,
                                         const schema::Schema& schema,
                                         const ops::PlanContext& context) {
  std::vector<MotionEstimate> all;
  for (const ops::DraftStep& step : context.steps) {
    for (const plan::Action& action : step.actions) {
      const auto* fill = std::get_if<plan::Backfill>(&action);
      if (fill == nullptr) continue;
      base::Append(EstimatesFor(dialect, connection, schema, context, *fill),
                   all);
    }
  }
  return all;
}

// True for a motion that only looks for rows.
bool OnlyFinds(const plan::Motion& motion) {
  const auto* columns = std::get_if<plan::ColumnMotion>(&motion);
  return columns != nullptr && columns->only_null && columns->up.empty();
}

// Renders what the actions of the plan name: each motion that has rows to fill
// or to look for, and each fill that several motions share.
std::vector<MotionSql> RenderMotions(const db::Language& language,
                                     const ops::PlanContext& context,
                                     const db::RenderContext& render) {
  std::vector<MotionSql> motions;
  for (const ops::DraftStep& step : context.steps) {
    for (const plan::Action& action : step.actions) {
      const auto* verify = std::get_if<plan::Verify>(&action);
      if (verify != nullptr && OnlyFinds(context.motions.At(verify->motion))) {
        motions.push_back(language.RenderMotions({verify->motion}, render));
      }
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

bool HasSql(const ops::DraftStep& step) {
  return std::any_of(step.actions.begin(), step.actions.end(),
                     [](const plan::Action& action) {
                       return std::holds_alternative<plan::RawSql>(action);
                     });
}

// What SQL of the user's does to the schema is not known before it has run. The
// views that are made after it are rendered again then, from their shape.
void KeepShape(const schema::Schema& schema, const ops::PlanContext& context,
               Plan& plan) {
  bool sql = false;
  std::string shape;
  for (std::size_t at = 0; at < context.steps.size(); ++at) {
    const ops::DraftStep& draft = context.steps[at];
    sql = sql || HasSql(draft);
    for (const plan::Action& action : draft.actions) {
      const auto* publish = std::get_if<plan::PublishVersion>(&action);
      if (publish == nullptr) continue;
      if (!publish->again) {
        shape = plan::ShapeText(ops::ShapeOf(schema, publish->views));
      }
      if (sql) plan.steps[at].actions.front().shape = shape;
    }
  }
}

Plan Assemble(const db::Language& language, const PlannerInput& input,
              const schema::Schema& schema, const ops::PlanContext& context) {
  Plan plan;
  plan.id = input.migration.id;
  plan.title = input.migration.title;
  plan.access = input.access;
  plan.version = input.migration.version.empty() ? input.migration.id
                                                 : input.migration.version;
  plan.version_schema = context.version_schema;
  const db::RenderContext render{schema, input.lock_budget, context.motions};
  for (const ops::DraftStep& draft : context.steps) {
    plan.steps.push_back(RenderStep(language, draft, render));
    plan.steps.back().source = draft.source;
  }
  KeepShape(schema, context, plan);
  plan.motions = RenderMotions(language, context, render);
  plan.gauges = GaugesFor(language, schema, context);
  plan.removals = RemovalsOf(schema, context.steps);
  plan.on_transform_error = input.on_transform_error;
  if (plan.has_phase(Phase::kContracting)) plan.undo_window = input.undo_window;
  const db::Capabilities& can = language.capabilities();
  if (input.access == Access::kVersioned) {
    plan.notes = can.versioned_notes;
  } else if (AddsVisibleColumn(context.steps)) {
    plan.notes = can.in_place_notes;
  }
  if (input.on_transform_error == OnTransformError::kMark &&
      !context.closing.empty()) {
    plan.notes.push_back(
        "on_transform_error: mark: a write that 'up' or 'down' fails on goes "
        "through and its row is marked; verify lists the marked rows, and "
        "complete is refused while there are any");
  }
  for (const ops::PublishedVersion& version : context.followed) {
    plan.notes.push_back(
        "version '" + version.version_schema +
        "' follows: it shows what is added from the start on, and the new "
        "shape from complete on. Its applications use the shape of the base "
        "schema, so that the gate counts an instance of it as old until it "
        "says that it runs " +
        input.migration.id);
  }
  if (input.access == Access::kVersioned) {
    for (const std::string& version : input.kept_versions) {
      plan.kept_versions.push_back(version);
      plan.notes.push_back("version '" + version +
                           "' lives on after complete: every column that it "
                           "shows is still stored");
    }
  }
  for (const std::string& question : context.inquiry.Unanswered()) {
    plan.notes.push_back("not checked with a server: " + question);
  }
  return plan;
}

bool HasError(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) {
                       return finding.severity == Finding::Severity::kError;
                     });
}

// An expression that reads a table with row security gives another value to
// each role that writes.
std::vector<Finding> PolicyFindings(const plan::Motions& motions) {
  std::vector<Finding> findings;
  for (const plan::ColumnMotion* motion : motions.Columns()) {
    for (const plan::Expression* expression : {&motion->up, &motion->down}) {
      for (const std::string& policy : expression->policies) {
        findings.push_back(
            {Finding::Severity::kWarning,
             "expression-under-row-security",
             "'" + expression->sql + "' depends on who writes table '" +
                 motion->table.name + "': " + policy,
             "the triggers evaluate it with the rights of whoever writes, and "
             "the backfill with those of this role",
             "call a SECURITY DEFINER function that reads the rows",
             {}});
      }
    }
  }
  return findings;
}

// What a subscriber has to run is known for a contract that is one act.
void RefuseSealedForSubscribers(const PlannerInput& input) {
  if (input.undo_window.count() == 0) return;
  throw Error(ErrorKind::kRefused,
              "undo_window: what a subscriber has to run for a contract that "
              "is sealed first is not known")
      .WithHint("use undo_window: 0, with which complete is final");
}

// Reads what each of these versions shows.
std::vector<ops::PublishedVersion> ReadPublished(
    const db::Dialect& dialect, db::Connection& connection,
    const std::vector<std::string>& versions) {
  std::vector<ops::PublishedVersion> published;
  for (const std::string& version : versions) {
    published.push_back({version, dialect.Inspect(connection, version).tables});
  }
  return published;
}

// Returns the published versions that the contract ends.
std::vector<std::string> EndingVersions(const PlannerInput& input) {
  std::vector<std::string> ending = input.live_versions;
  std::erase_if(ending, [&](const std::string& version) {
    return std::count(input.kept_versions.begin(), input.kept_versions.end(),
                      version) > 0;
  });
  return ending;
}

// What only a server can add to a plan that is rendered.
using Additions = std::function<void(const schema::Schema&,
                                     const ops::PlanContext&, Planned&)>;

// What a plan needs of a server. All of it is empty when there is none.
struct Server {
  ops::Inquiry::Server answers = {};
  db::Connection* connection = nullptr;
  std::vector<ops::PublishedVersion> published = {};  // that follow in place
  std::vector<KeptVersion> kept = {};  // of those that a contract would end
  Additions add = {};                  // computes the cost of the steps
};

Planned PlanOn(const db::Language& language, schema::Schema schema,
               Server server, const PlannerInput& input) {
  db::Connection* connection = server.connection;
  const db::Capabilities& can = language.capabilities();
  ForgetVersionViews(schema, input.live_versions);
  CheckLocks(schema, input);
  ops::Inquiry inquiry(std::move(server.answers));
  ops::PlanContext context{
      language, input.access, input.migration.id, VersionSchemaFor(can, input),
      inquiry,  schema};
  context.on_transform_error = input.on_transform_error;
  context.user_triggers = input.user_triggers;
  context.undoable = input.undo_window.count() > 0;
  context.live_versions = EndingVersions(input);
  context.followed = std::move(server.published);
  ops::PlanOperations(
      context, ops::Combine(input.migration.operations, schema, language));
  RefuseUnkept(server.kept, context);
  Planned planned;
  const checks::CheckContext checked{schema, context.steps, context.motions,
                                     can,    inquiry,       &language};
  planned.findings = checks::RunAll(checked);
  if (connection != nullptr) {
    base::Append(
        MissingRights(*connection, language.RightsSql(input.schema_name), {}),
        planned.findings);
  }
  // A plan with an error is not rendered, because a table that segue may not
  // alter may also be a table that it cannot render.
  if (HasError(planned.findings)) return planned;
  planned.plan = Assemble(language, input, schema, context);
  if (connection == nullptr) return planned;
  base::Append(MissingRights(*connection, planned.plan), planned.findings);
  base::Append(PolicyFindings(context.motions), planned.findings);
  base::Append(
      Exposures(*connection,
                language.ExposureSql(schema, ChangedTables(schema, context),
                                     !planned.plan.version_schema.empty()),
                input.migration.subscribers_prepared),
      planned.findings);
  if (HasError(planned.findings)) return planned;
  if (input.for_subscribers) {
    RefuseSealedForSubscribers(input);
    planned.for_subscribers =
        PartsForSubscribers(language, *connection, context.steps,
                            {schema, input.lock_budget, context.motions});
  }
  server.add(schema, context, planned);
  return planned;
}

}  // namespace

void ForgetVersionViews(schema::Schema& schema,
                        const std::vector<std::string>& live_versions) {
  for (schema::Table& table : schema.tables) {
    auto& all = table.dependents;
    const auto ours = [&](const schema::Dependent& dependent) {
      return std::find(live_versions.begin(), live_versions.end(),
                       dependent.schema) != live_versions.end();
    };
    all.erase(std::remove_if(all.begin(), all.end(), ours), all.end());
  }
}

Planned MakePlan(const db::Dialect& dialect, db::Connection& connection,
                 const PlannerInput& input) {
  CheckAccess(dialect.capabilities(), input, true);
  CheckTransformErrors(dialect.capabilities(), input);
  CheckUserTriggers(dialect.capabilities(), input);
  schema::Schema found = dialect.Inspect(connection, input.schema_name);
  Server server;
  server.connection = &connection;
  server.answers = [&](const db::Question& question) {
    return dialect.Examine(connection, question);
  };
  if (input.access == Access::kInPlace) {
    server.published = ReadPublished(dialect, connection, input.live_versions);
  } else {
    server.kept =
        ReadKept(dialect, connection, input.schema_name, input.kept_versions);
  }
  server.add = [&](const schema::Schema& schema,
                   const ops::PlanContext& context, Planned& planned) {
    planned.plan.estimates = EstimatesFor(dialect, connection, schema, context);
    planned.trial = PrepareTrial(dialect, connection, schema, context,
                                 planned.plan, input.lock_budget);
  };
  return PlanOn(dialect, std::move(found), std::move(server), input);
}

Planned MakePlanOffline(const db::Language& language,
                        const schema::Schema& schema,
                        const PlannerInput& input) {
  CheckAccess(language.capabilities(), input, false);
  CheckTransformErrors(language.capabilities(), input);
  CheckUserTriggers(language.capabilities(), input);
  return PlanOn(language, schema, {}, input);
}

}  // namespace segue::engine
