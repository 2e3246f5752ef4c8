#include "planning/not_null.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "planning/expression.h"
#include "planning/index_move.h"
#include "planning/obstacles.h"
#include "planning/one_value.h"
#include "planning/provenance.h"
#include "planning/seal.h"

namespace segue::ops {
namespace {

schema::Column WithoutNull(schema::Column column) {
  column.nullable = false;
  return column;
}

plan::ColumnMotion MotionOf(TableWork& work, const schema::Column& column) {
  plan::ColumnMotion motion;
  motion.name = work.context().NextMotionId();
  motion.table = work.live().name;
  motion.new_column = column;
  motion.new_not_null = true;
  motion.only_null = true;
  motion.key = work.live().WalkKeyColumns();
  return motion;
}

// A writer that leaves the column NULL would be refused for the value of `up`.
void RefuseUnfit(const TableWork& work, const schema::Column& column,
                 const plan::Expression& up) {
  RefuseOneValue(work, column, "up", up);
  for (const schema::Index& index : work.live().indexes) {
    if (!index.unique || !MentionsInSql(index, column.physical())) continue;
    throw work
        .Refused(
            column.name,
            fmt::format("unique index '{}' reads it in its text, so that a "
                        "row may be refused once it has a value",
                        index.name))
        .WithHint("fill the column yourself, and leave out 'up'");
  }
  RefuseUnfitValue(
      work, column, "up", up, /*only_null=*/true,
      "a row whose NULL becomes the value of 'up' would be refused");
}

void NoteUnique(TableWork& work, const schema::Column& column) {
  for (const schema::Index& index : work.live().indexes) {
    if (!index.unique || !UsesPlainly(index, column.physical())) continue;
    work.Note(
        Phase::kMigrating,
        fmt::format("'{}' is unique: a NULL whose 'up' gives a value that "
                    "is taken is refused",
                    index.name));
  }
}

void DescribeFill(TableWork& work, const schema::Column& column) {
  const std::string& table = work.live().name.name;
  work.Describe(Phase::kExpanding,
                fmt::format("Turn NULL in column '{}' of '{}' into 'up'",
                            column.name, table));
  work.Describe(Phase::kMigrating,
                fmt::format("Fill column '{}' of '{}' where it is NULL",
                            column.name, table));
  work.Describe(kDrop, fmt::format("Change column '{}' of '{}': not null",
                                   column.name, table));
  work.Note(Phase::kExpanding,
            "the column stays where it is: the old version reads the value of "
            "'up' instead of NULL from here on, and a NULL that either version "
            "writes becomes that value, which triggers, policies and check "
            "options of views see, too");
  work.Note(Phase::kMigrating,
            "a rollback gives NULL back to the rows that the migration has "
            "filled and whose column nobody has written since");
  NoteUnique(work, column);
}

}  // namespace

schema::Constraint NotNullCheck(const TableWork& work,
                                const std::string& physical) {
  schema::Constraint check;
  check.name = base::ShortName("_segue_not_null_" + physical,
                               work.capabilities().max_identifier);
  check.kind = schema::ConstraintKind::kCheck;
  check.columns = {physical};
  check.check = work.spelling().IsNotNull(physical);
  check.validated = !work.capabilities().not_valid_constraints;
  return check;
}

bool ChangesOnlyNull(const schema::Column& column, const plan::Expression& up) {
  const std::string& name = column.physical();
  const bool reads =
      std::any_of(up.bindings.begin(), up.bindings.end(),
                  [&](const plan::Binding& one) { return one.column == name; });
  return !reads ||
         std::count(up.keeps.begin(), up.keeps.end(), column.name) > 0;
}

// The check comes with the contract: it would refuse the NULL that an upsert
// proposes, before the server looks for the row that is there already.
void FillNull(TableWork& work, const schema::Column& column,
              const plan::Expression& up) {
  work.RefuseInherited();
  RefuseUnwritable(work, column, "let it take values first");
  RefuseUnfit(work, column, up);
  const schema::TableName& table = work.live().name;
  plan::ColumnMotion motion = MotionOf(work, column);
  motion.provenance = FreeProvenance(work);
  motion.up = up;
  const plan::MotionId id = motion.name;
  const schema::Column provenance = MakeProvenance(work, motion.provenance);
  const schema::Constraint check = NotNullCheck(work, column.physical());
  work.context().motions.Add(std::move(motion));
  DescribeFill(work, column);
  {
    const TableWork::Together together(work, Phase::kExpanding);
    work.CountAddedColumn();
    work.Add(Phase::kExpanding, plan::AddColumn{table, provenance});
    work.Add(Phase::kExpanding, plan::CreateSync{id});
  }
  constexpr Phase kPhase = Phase::kMigrating;
  work.Add(kPhase, plan::Retreat{id});
  work.Add(kPhase, plan::Backfill{{id}});
  work.Add(kPhase, plan::Verify{id});
  std::vector<plan::Action>& closing = work.context().closing;
  closing.push_back(plan::AddConstraint{table, check});
  closing.push_back(plan::ValidateConstraint{table, check.name});
  const TableWork::Together together(work, kDrop);
  work.Add(kDrop, plan::DropSync{id});
  work.Add(kDrop, plan::AlterColumn{table, column, WithoutNull(column)});
  work.Add(kDrop, plan::DropConstraint{table, check});
  work.Add(kDrop, plan::DropColumn{table, provenance, true});
  NoteUndo(work, kDrop,
           "nothing to do: NULL becomes 'up' until the drop, as before");
}

// The proof comes before anything else of the contract, so that a row with NULL
// leaves everything as it is.
void ForbidNullAtContract(TableWork& work, const schema::Column& column) {
  const schema::TableName& table = work.live().name;
  plan::ColumnMotion motion = MotionOf(work, column);
  const schema::Constraint check = NotNullCheck(work, column.physical());
  plan::ConstraintTrial trial{check, {}, motion.key};
  trial.values.push_back({column.name, column.type,
                          ColumnExpression(work.context().language, column)});
  std::vector<plan::Action>& closing = work.context().closing;
  closing.push_back(plan::Verify{motion.name, true});
  closing.push_back(plan::AddConstraint{table, check, std::move(trial)});
  closing.push_back(plan::ValidateConstraint{table, check.name});
  work.context().motions.Add(std::move(motion));
  const TableWork::Together together(work, kSeal);
  work.Add(kSeal, plan::AlterColumn{table, column, WithoutNull(column)});
  if (!work.context().undoable) {
    work.Add(kSeal, plan::DropConstraint{table, check});
    return;
  }
  // An undo would have to validate it again.
  work.Add(kDrop, plan::DropConstraint{table, check});
  work.Describe(kDrop, fmt::format("Drop the check of '{}' that the NOT NULL "
                                   "makes needless",
                                   column.name));
  NoteUndo(work, kSeal, "the column takes NULL again");
}

}  // namespace segue::ops
