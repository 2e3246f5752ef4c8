#include "ops/null_change.h"

#include <fmt/format.h>

#include "planning/expression.h"
#include "planning/not_null.h"

namespace segue::ops {
namespace {

// True when NOT NULL is all that changes about the values, so that a second
// column would have the same ones. One that marks rows keeps them apart, and so
// does a `down` that shows the old version another value.
bool ForbidsNullOnly(const TableWork& work, const ColumnAlteration& change) {
  const bool two_values = change.down_transforms && work.versioned();
  const bool marks =
      work.context().on_transform_error == OnTransformError::kMark;
  return change.not_null && work.capabilities().set_not_null_needs_check &&
         !work.creates() && !change.name && !change.type && !two_values &&
         change.constraints.empty() && !(marks && change.up_transforms);
}

// Returns false, and plans nothing, when `up` may change a value that is not
// NULL.
bool PlanFill(TableWork& work, const schema::Column& old,
              const std::string& sql) {
  work.TakeReferences(sql, old.name);
  const plan::Expression up =
      Examined(work.context(), work.live(), work.live().columns,
               {"up", old.name, sql, old.type});
  if (!ChangesOnlyNull(old, up)) {
    work.Note(Phase::kExpanding,
              "a second column is filled: 'up' may change values that are not "
              "NULL");
    return false;
  }
  FillNull(work, old, up);
  return true;
}

void PlanProof(TableWork& work, const schema::Column& old) {
  ForbidNullAtContract(work, old);
  work.Describe(kSeal,
                fmt::format("Change column '{}' of '{}': not null, once no row "
                            "has NULL",
                            old.name, work.live().name.name));
  work.Note(kSeal,
            "nothing changes before: NULLs that are written meanwhile refuse "
            "the contract; give 'up', which says what they become");
}

// In place, nobody writes the new shape before the contract.
bool ShowsNull(const TableWork& work, const AlterColumnSpec& spec,
               const ColumnAlteration& change) {
  if (!spec.change.null_visible || !change.nullable ||
      !change.new_side_writes(work.context().access)) {
    return false;
  }
  if (!change.name && !change.type && spec.change.up.empty() &&
      change.constraints.empty()) {
    return true;
  }
  throw work
      .Refused(spec.column,
               "null_visible: true leaves the column where it is, so that its "
               "type, name and constraints cannot change with it")
      .WithHint("split it into two migrations");
}

void PlanNullVisible(TableWork& work, const schema::Column& old,
                     const schema::Column& now) {
  work.Add(Phase::kExpanding, plan::AlterColumn{work.live().name, old, now});
  work.Describe(Phase::kExpanding,
                fmt::format("Change column '{}' of '{}': nullable", old.name,
                            work.live().name.name));
  work.Note(Phase::kExpanding,
            "the old version will read NULL where the new one writes it, and "
            "may write NULL itself; a rollback is refused as long as a row has "
            "NULL");
}

}  // namespace

std::optional<schema::Column> PlanNullInPlace(TableWork& work,
                                              const AlterColumnSpec& spec,
                                              const schema::Column& old,
                                              const ColumnAlteration& change) {
  schema::Column now = old;
  if (ShowsNull(work, spec, change)) {
    now.nullable = true;
    PlanNullVisible(work, old, now);
    return now;
  }
  if (!ForbidsNullOnly(work, change)) return std::nullopt;
  if (change.up_transforms) {
    if (!PlanFill(work, old, change.up)) return std::nullopt;
    return now;
  }
  PlanProof(work, old);
  now.nullable = false;
  return now;
}

}  // namespace segue::ops
