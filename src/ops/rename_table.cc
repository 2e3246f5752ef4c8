#include "ops/rename_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/append.h"
#include "base/text.h"
#include "ops/reader.h"
#include "ops/with_spec.h"
#include "planning/table_work.h"

namespace segue::ops {
namespace {

// Returns the columns that the table has and the new shape does not show.
std::vector<std::string> Hidden(const schema::Table& live,
                                const schema::Table& shape) {
  std::vector<std::string> hidden;
  for (const schema::Column& column : live.columns) {
    if (shape.FindColumn(column.name) == nullptr) hidden.push_back(column.name);
  }
  return hidden;
}

plan::VersionView AliasOf(PlanContext& context, const schema::Table& shape,
                          const std::string& name) {
  const schema::Table& live = context.claims.Live(shape);
  plan::VersionView view;
  view.source = plan::Projection{shape.name};
  view.name = name;
  view.columns = shape.columns;
  for (schema::Column& column : view.columns) {
    // The table has its present default until the contract.
    const schema::Column* now = live.FindColumn(column.physical());
    if (now != nullptr) column.default_sql = now->default_sql;
    const bool own = column.generated_sql.empty() &&
                     column.identity == schema::Identity::kNone;
    if (own && column.default_sql) view.view_defaults.push_back(column.name);
  }
  view.grants = shape.grants;
  view.hidden = Hidden(live, shape);
  view.key = live.WalkKey();
  if (!view.key.empty()) return view;
  for (const schema::Constraint& constraint : live.constraints) {
    if (constraint.kind != schema::ConstraintKind::kPrimaryKey) continue;
    view.key = constraint.columns;
    view.key_may_be_null = true;
  }
  return view;
}

class RenameTable : public WithSpec<RenameTableSpec> {
 public:
  explicit RenameTable(RenameTableSpec spec) : WithSpec(std::move(spec)) {}

  std::string name() const override { return "rename_table"; }
  void Plan(PlanContext& context) const override;
  void Finish(PlanContext& context) const override;

 private:
  Error Refused(const std::string& reason) const;
  void RefuseName(const PlanContext& context, const schema::Table& live) const;
  void RefuseEarlierWork(const PlanContext& context,
                         const schema::Table& live) const;
  DraftStep PublishStep(PlanContext& context, const schema::Table& shape) const;
  DraftStep RenameStep(PlanContext& context, const schema::Table& shape) const;
};

Error RenameTable::Refused(const std::string& reason) const {
  return {ErrorKind::kRefused, fmt::format("rename_table '{}' to '{}': {}",
                                           spec_.from, spec_.to, reason)};
}

void RenameTable::RefuseName(const PlanContext& context,
                             const schema::Table& live) const {
  const std::size_t limit = context.capabilities().max_identifier;
  if (spec_.to == spec_.from) throw Refused("it has this name already");
  if (spec_.to.size() > limit) {
    throw Refused(fmt::format("the new name is longer than {} bytes", limit));
  }
  for (const schema::Table& other : context.schema.tables) {
    if (other.shown() != spec_.to && other.name.name != spec_.to) continue;
    throw Refused(
        fmt::format("a {} of the new name exists already", other.kind));
  }
  // A table that is dropped keeps its name until the contract.
  context.claims.RequireReachable(name(), spec_.to);
  const db::Answer& answer =
      context.Ask(db::NameQuestion{{live.name.schema, spec_.to}});
  if (!answer.error.empty()) throw Refused(answer.error);
}

void RenameTable::RefuseEarlierWork(const PlanContext& context,
                                    const schema::Table& live) const {
  if (context.access == Access::kVersioned) return;
  std::vector<std::string> workers = context.claims.Workers(live.name.name);
  workers.pop_back();  // only this one
  for (const std::string& worker : workers) {
    if (GoesWithAlias(worker)) continue;
    throw Refused(
        fmt::format("an earlier {} of this migration changes columns that the "
                    "view with the new name would hold on to",
                    worker))
        .WithHint("split it into two migrations, or use 'access: versioned'");
  }
}

void RenameTable::Plan(PlanContext& context) const {
  TableWork work(context, name(), spec_.from, Reach::kForeignToo);
  const schema::Table& live = work.live();
  if (context.claims.HasFate(live.name.name, TableFate::kRenamed)) {
    throw Refused("this migration has renamed it already");
  }
  RefuseEarlierWork(context, live);
  RefuseName(context, live);
  work.shape().shown_as = spec_.to;
  context.claims.DecideFate(live.name, TableFate::kRenamed, spec_.to);
}

// The view shows the same rows under the new name, as long as the table has the
// old name.
DraftStep RenameTable::PublishStep(PlanContext& context,
                                   const schema::Table& shape) const {
  DraftStep step;
  step.place = Phase::kMigrating;
  step.description =
      fmt::format("Publish table '{}' as '{}' too", spec_.from, spec_.to);
  step.notes.push_back(fmt::format(
      "until the contract '{}' is a view, which does not take all that a "
      "table takes",
      spec_.to));
  base::Append(context.capabilities().view_notes, step.notes);
  const bool by_column =
      std::any_of(shape.columns.begin(), shape.columns.end(),
                  [](const schema::Column& c) { return c.has_column_grants; });
  if (by_column) {
    step.notes.push_back(
        fmt::format("roles with privileges on single columns only cannot read "
                    "'{}' before the contract: the database asks for those on "
                    "all columns of the view",
                    spec_.to));
  }
  step.actions.emplace_back(
      plan::PublishAlias{AliasOf(context, shape, spec_.to)});
  return step;
}

// A drop names the table by its old name, so the rename comes after it.
Place RenamePlace(const PlanContext& context) {
  const bool drops =
      std::any_of(context.steps.begin(), context.steps.end(),
                  [](const DraftStep& step) { return step.place == kDrop; });
  return drops ? kDrop : kSeal;
}

DraftStep RenameTable::RenameStep(PlanContext& context,
                                  const schema::Table& shape) const {
  DraftStep step;
  step.place = RenamePlace(context);
  step.description =
      fmt::format("Rename table '{}' to '{}'", spec_.from, spec_.to);
  if (context.access == Access::kInPlace) {
    step.actions.emplace_back(
        plan::RetireAlias{AliasOf(context, shape, spec_.to)});
  }
  step.actions.emplace_back(plan::RenameTable{shape.name, spec_.to});
  if (step.actions.size() > 1) step.atomic = {{0, step.actions.size()}};
  const db::Answer& answer = context.Ask(db::MentionQuestion{shape.name});
  if (!answer.names.empty()) {
    step.notes.push_back(fmt::format(
        "these mention '{}' in their text, which stays as it is: {}",
        spec_.from, base::Join(answer.names, ", ")));
  }
  step.notes.emplace_back("indexes and constraints keep their names");
  if (context.undoable) {
    step.notes.emplace_back(
        step.place == kSeal
            ? "undo: the table has its old name again"
            : "undo: nothing to do: it keeps its old name until the drop");
  }
  return step;
}

void RenameTable::Finish(PlanContext& context) const {
  const schema::Table& shape = schema::RequireTable(context.schema, spec_.to);
  if (context.access == Access::kInPlace) {
    context.steps.push_back(PublishStep(context, shape));
  }
  context.steps.push_back(RenameStep(context, shape));
}

}  // namespace

NewOperation MakeRenameTable(RenameTableSpec spec) {
  return std::make_shared<RenameTable>(std::move(spec));
}

NewOperation ParseRenameTable(const base::Node& body) {
  const Reader reader(body, {"from", "to"});
  return MakeRenameTable(
      {reader.RequiredString("from"), reader.RequiredString("to")});
}

}  // namespace segue::ops
