#include "ops/drop_constraint.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "ops/constraint_definition.h"
#include "ops/reader.h"
#include "ops/with_spec.h"
#include "planning/column_motions.h"
#include "planning/existing_constraint.h"
#include "planning/key_reference.h"
#include "planning/replica_identity.h"
#include "planning/seal.h"
#include "schema/constraint_text.h"

namespace segue::ops {
namespace {

using schema::Constraint;
using schema::ConstraintKind;

class DropConstraint : public WithSpec<DropConstraintSpec> {
 public:
  explicit DropConstraint(DropConstraintSpec spec)
      : WithSpec(std::move(spec)) {}

  std::string name() const override { return spec_.operation; }
  void Plan(PlanContext& context) const override;

 private:
  void RefuseReliedOn(TableWork& work, const Constraint& there) const;
  void AddDrop(TableWork& work, const ExistingConstraint& there,
               Place place) const;
  void PlanMotions(TableWork& work, const ExistingConstraint& there,
                   const Expressions& up, const Expressions& down,
                   const std::vector<std::string>& moved) const;
};

// The older form has one expression, for the constraint's only column.
Expressions ByColumn(const Expressions& given, const Constraint& constraint) {
  if (given.size() != 1 || !given.begin()->first.empty()) return given;
  if (constraint.columns.size() != 1) return given;
  return {{constraint.columns[0], given.begin()->second}};
}

void DropConstraint::RefuseReliedOn(TableWork& work,
                                    const Constraint& there) const {
  if (there.kind != ConstraintKind::kUnique &&
      there.kind != ConstraintKind::kPrimaryKey) {
    return;
  }
  const schema::Table& live = work.live();
  if (live.replica_identity_index == there.name) {
    RefuseLostIdentity(
        work, there.name,
        fmt::format("replica identity by index '{}'", there.name));
  } else if (live.replica_identity == "DEFAULT" &&
             there.kind == ConstraintKind::kPrimaryKey) {
    RefuseLostIdentity(work, there.name, "replica identity by the primary key");
  }
  const std::vector<std::string> keys =
      ReliesOn(work.context().schema, work.live(), there);
  if (keys.empty()) return;
  throw work
      .Refused(there.name, fmt::format("foreign keys rely on it: {}",
                                       base::Join(keys, ", ")))
      .WithHint("drop them first");
}

void DropConstraint::Plan(PlanContext& context) const {
  TableWork work(context, name(), spec_.table, Reach::kPartitionsToo);
  context.claims.TakeConstraint(work.live().name.name, spec_.name);
  const ExistingConstraint there = RequireExisting(work, spec_.name);
  const Constraint& constraint = there.constraint;
  const Expressions up = ByColumn(spec_.up, constraint);
  const Expressions down = ByColumn(spec_.down, constraint);
  if (down.count("") != 0 || up.count("") != 0) {
    throw work
        .Refused(spec_.name, fmt::format("it is over several columns ({}), so "
                                         "that 'up' and 'down' must say which",
                                         base::Join(constraint.columns, ", ")))
        .WithHint("use drop_multicolumn_constraint");
  }
  RefuseReliedOn(work, constraint);
  const std::vector<std::string> moved = Transformed(down, work.live().columns);
  // In place, all clients see the old columns until the contract, so no values
  // move.
  const bool moves = work.versioned() && !moved.empty();
  if (moves) {
    PlanMotions(work, there, up, down, moved);
  } else {
    for (const std::string& column : constraint.columns) {
      if (work.shape().FindColumn(column) != nullptr) {
        work.Take(column, Use::kConstrains);
      } else if (context.claims.IsTaken(work.live().name.name, column,
                                        Use::kRelabels)) {
        // A constraint that is put back has the column's old name, which the
        // rename has taken.
        context.claims.TakeColumn(work.live().name.name, column, Use::kReads);
      }
    }
    AddDrop(work, there, kSeal);
    if (work.versioned()) {
      work.Note(kSeal,
                "until then it holds for the new version too; 'down' would "
                "lift it for its writes at once");
    } else if (!moved.empty()) {
      work.Note(kSeal,
                "'up' and 'down' are not needed: it holds for every client "
                "until the contract");
    }
  }
  const std::string text =
      fmt::format("Drop {} '{}' of '{}'", schema::KindText(constraint.kind),
                  spec_.name, spec_.table);
  if (moves) {
    DescribeSwitch(work, base::Join(moved, "', '"), text);
  } else {
    work.Describe(kSeal, text);
    NoteUndo(work, kSeal,
             "it is there again without its comment, a check or a foreign key "
             "NOT VALID, and any other unless rows break it by then");
  }
  auto& all = work.shape().constraints;
  all.erase(std::remove_if(
                all.begin(), all.end(),
                [&](const Constraint& one) { return one.name == spec_.name; }),
            all.end());
  work.Finish();
}

void DropConstraint::AddDrop(TableWork& work, const ExistingConstraint& there,
                             Place place) const {
  if (work.context().undoable) {
    if (!there.index) return LiftConstraintForSeal(work, there.constraint);
    return LiftUniqueIndex(work, *there.index);
  }
  if (there.index) {
    work.Add(place, plan::DropIndex{work.live().name, *there.index});
  } else {
    work.Add(place, plan::DropConstraint{work.live().name, there.constraint});
  }
}

// The columns of the new version lose the constraint. `down` says which values
// the old version sees, for which the constraint still holds.
void DropConstraint::PlanMotions(TableWork& work,
                                 const ExistingConstraint& there,
                                 const Expressions& up, const Expressions& down,
                                 const std::vector<std::string>& moved) const {
  ColumnMotions motions(work, moved, up, down, spec_.name);
  motions.Expand();
  motions.Migrate();
  {
    const Place place = SwitchPlace(work);
    const TableWork::Together together(work, place);
    AddDrop(work, there, place);
    motions.Contract();
  }
  const std::string names = "'" + base::Join(moved, "', '") + "'";
  work.Describe(Phase::kExpanding,
                fmt::format("Duplicate {} of '{}'", names, spec_.table));
  work.Describe(
      Phase::kMigrating,
      fmt::format("Backfill {} without {} '{}'", names,
                  schema::KindText(there.constraint.kind), spec_.name));
}

DropConstraintSpec ParseNames(const Reader& reader) {
  DropConstraintSpec spec;
  spec.table = reader.RequiredString("table");
  spec.name = reader.RequiredString("name");
  return spec;
}

}  // namespace

NewOperation MakeDropConstraint(DropConstraintSpec spec) {
  return std::make_shared<DropConstraint>(std::move(spec));
}

NewOperation ParseDropConstraint(const base::Node& body) {
  const Reader reader(body, {"table", "name", "up", "down"});
  DropConstraintSpec spec = ParseNames(reader);
  const std::string up = reader.Expression("up");
  const std::string down = reader.Expression("down");
  if (!up.empty()) spec.up = {{"", up}};
  if (!down.empty()) spec.down = {{"", down}};
  return MakeDropConstraint(std::move(spec));
}

NewOperation ParseDropMulticolumnConstraint(const base::Node& body) {
  const Reader reader(body, {"table", "name", "up", "down"});
  DropConstraintSpec spec = ParseNames(reader);
  spec.operation = "drop_multicolumn_constraint";
  spec.up = ReadExpressions(body, "up");
  spec.down = ReadExpressions(body, "down");
  return MakeDropConstraint(std::move(spec));
}

}  // namespace segue::ops
