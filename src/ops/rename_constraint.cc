#include "ops/rename_constraint.h"

#include <fmt/format.h>

#include <utility>

#include "ops/reader.h"
#include "ops/with_spec.h"
#include "planning/constraint_checks.h"
#include "planning/existing_constraint.h"
#include "planning/seal.h"
#include "schema/constraint_text.h"
#include "segue/error.h"

namespace segue::ops {
namespace {

class RenameConstraint : public WithSpec<RenameConstraintSpec> {
 public:
  explicit RenameConstraint(RenameConstraintSpec spec)
      : WithSpec(std::move(spec)) {}

  std::string name() const override { return "rename_constraint"; }
  void Plan(PlanContext& context) const override;
};

// The constraint goes with the column, and nobody would see its new name.
void RefuseGone(const TableWork& work, const schema::Constraint& constraint) {
  for (const std::string& name : constraint.columns) {
    const Claims& claims = work.context().claims;
    if (!claims.IsTaken(work.live().name.name, name, Use::kDrops)) continue;
    throw Error(ErrorKind::kRefused,
                fmt::format("rename_constraint '{}' on table '{}': an earlier "
                            "operation of this migration drops column '{}', "
                            "with which it goes",
                            constraint.name, work.live().name.name, name))
        .WithHint("leave out the rename, whose result nobody would see");
  }
}

// The rename comes at the contract: until then an application may find the old
// name in an error or write it in ON CONFLICT.
void RenameConstraint::Plan(PlanContext& context) const {
  TableWork work(context, name(), spec_.table, Reach::kForeignToo);
  context.claims.TakeConstraint(work.live().name.name, spec_.from);
  context.claims.TakeConstraint(work.live().name.name, spec_.to);
  const ExistingConstraint there = RequireExisting(work, spec_.from);
  RefuseGone(work, there.constraint);
  schema::Constraint renamed = there.constraint;
  renamed.name = spec_.to;
  RequireFreeConstraintName(work, renamed);
  if (there.index) {
    work.Add(kSeal,
             plan::RenameIndex{work.live().name, *there.index, spec_.to});
  } else {
    work.Add(kSeal, plan::RenameConstraint{work.live().name, there.constraint,
                                           spec_.to});
  }
  work.Describe(kSeal, fmt::format("Rename {} '{}' of '{}' to '{}'",
                                   schema::KindText(there.constraint.kind),
                                   spec_.from, spec_.table, spec_.to));
  NoteUndo(work, kSeal, "it has its old name again");
  for (schema::Constraint& one : work.shape().constraints) {
    if (one.name == spec_.from) one.name = spec_.to;
  }
  work.Finish();
}

}  // namespace

NewOperation MakeRenameConstraint(RenameConstraintSpec spec) {
  return std::make_shared<RenameConstraint>(std::move(spec));
}

NewOperation ParseRenameConstraint(const base::Node& body) {
  const Reader reader(body, {"table", "from", "to"});
  return MakeRenameConstraint({reader.RequiredString("table"),
                               reader.RequiredString("from"),
                               reader.RequiredString("to")});
}

}  // namespace segue::ops
