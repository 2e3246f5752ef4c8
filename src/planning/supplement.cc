#include "planning/supplement.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "planning/constraint_move.h"
#include "planning/constraint_steps.h"
#include "planning/expression.h"
#include "planning/index_move.h"
#include "planning/losses.h"

namespace segue::ops {
namespace {

// The copies are planned as if the heir were not there yet, and only those of
// the new objects.
ColumnSwap Prepare(PlanContext& context, const SupplementRequest& request) {
  const plan::Heir& heir = request.heir;
  schema::Table& table = schema::RequireTable(context.schema, heir.table);
  ColumnSwap swap;
  swap.old = schema::RequireColumn(table, heir.column);
  swap.target = schema::RequireColumn(table, heir.heir);
  swap.target.name = heir.name;
  swap.physical = heir.heir;
  std::erase_if(table.columns, [&](const schema::Column& column) {
    return column.name == heir.heir;
  });
  std::erase_if(table.indexes, [&](const schema::Index& index) {
    return !base::Contains(request.objects, index.name) &&
           !base::Contains(request.objects, index.constraint);
  });
  std::erase_if(table.constraints, [&](const schema::Constraint& constraint) {
    return !base::Contains(request.objects, constraint.name);
  });
  return swap;
}

plan::Expression ValueOf(const PlanContext& context, const ColumnSwap& swap) {
  schema::Column filled = swap.target;
  filled.stored_as = swap.physical;
  return ColumnExpression(context.language, filled);
}

void RefuseUncopied(const TableWork& work, const SupplementRequest& request,
                    const std::vector<IndexMove>& indexes,
                    const std::vector<ConstraintMove>& constraints) {
  std::vector<std::string> copied;
  for (const IndexMove& move : indexes) {
    if (move.original.deferrable) continue;
    copied.push_back(move.original.name);
    copied.push_back(move.original.constraint);
  }
  for (const ConstraintMove& move : constraints) {
    copied.push_back(move.original.name);
  }
  for (const std::string& name : request.objects) {
    if (base::Contains(copied, name)) continue;
    throw work
        .Refused(request.heir.column,
                 fmt::format("'{}', which somebody has made since the start, "
                             "cannot be copied to the column that takes its "
                             "place",
                             name))
        .WithHint("drop it and make it again after 'segue complete'");
  }
}

// A default of another type may not be one for the new type, which only the
// contract itself would find.
void GiveDefault(const TableWork& work, const SupplementRequest& request,
                 const ColumnSwap& swap, schema::Column& after) {
  if (!request.default_changed) return;
  const bool same = swap.old.type == swap.target.type || !swap.old.default_sql;
  if (!same || request.heir.own_default) {
    throw work
        .Refused(request.heir.column,
                 fmt::format("its default was changed to {} since the start, "
                             "and the column that takes its place has {}",
                             swap.old.default_sql.value_or("NULL"),
                             same ? "one of the migration's" : "another type"))
        .WithHint("set the default after 'segue complete'");
  }
  after.default_sql = swap.old.default_sql;
}

void GiveAttributes(TableWork& work, const SupplementRequest& request,
                    const ColumnSwap& swap) {
  schema::Column before = swap.target;
  schema::Column after = swap.target;
  GiveDefault(work, request, swap, after);
  // By then the heir has the default that the plan gave it.
  if (request.default_changed) {
    before.default_sql.reset();
    if (!after.default_sql) before.default_sql = "NULL";
  }
  if (request.comment_changed) after.comment = swap.old.comment;
  if (!request.default_changed && !request.comment_changed) return;
  work.Add(kDrop, plan::AlterColumn{work.live().name, before, after});
}

}  // namespace

void PlanSupplement(PlanContext& context, const SupplementRequest& request) {
  const ColumnSwap swap = Prepare(context, request);
  const plan::Expression value = ValueOf(context, swap);
  TableWork work(context, "complete", request.heir.table);
  const schema::TableName& table = work.live().name;
  const std::vector<IndexMove> indexes =
      PlanIndexMoves(work, {swap}, Use::kChanges);
  const std::vector<ConstraintMove> constraints =
      PlanConstraintMoves(work, swap, value, "", {});
  RefuseUncopied(work, request, indexes, constraints);
  work.Describe(Phase::kMigrating,
                fmt::format("Copy what others have made on '{}' of '{}'",
                            swap.old.name, table.name));
  for (const IndexMove& move : indexes) {
    work.Add(Phase::kMigrating, plan::CreateIndex{table, move.copy});
  }
  for (const ConstraintMove& move : constraints) {
    PlaceConstraint(work, move.request);
  }
  work.Describe(kDrop, "Give it to the column that takes its place");
  const Succession columns{swap.old, swap.target,
                           db::LossOf::kAllButPrivileges};
  RebindViews(work, columns, swap.physical);
  NameIndexes(work, indexes, {swap}, kDrop);
  NameConstraints(work, constraints, kDrop);
  CarryOver(work, columns);
  GiveAttributes(work, request, swap);
  work.Finish();
}

}  // namespace segue::ops
