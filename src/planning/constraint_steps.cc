#include "planning/constraint_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "planning/constraint_checks.h"
#include "planning/expression.h"
#include "planning/key_reference.h"
#include "planning/not_null.h"
#include "schema/constraint_text.h"

namespace segue::ops {
namespace {

using schema::Column;
using schema::Constraint;
using schema::ConstraintKind;

// Returns the columns whose values decide whether a row satisfies the
// constraint.
std::vector<std::string> ColumnsRead(const Constraint& constraint,
                                     const std::vector<Column>& columns) {
  if (constraint.kind != ConstraintKind::kCheck) return constraint.columns;
  return schema::ReferencedColumns(constraint.check, schema::NamesOf(columns));
}

bool MovedAnywhere(const ConstraintRequest& request) {
  const std::vector<std::string> names =
      ColumnsRead(request.constraint, request.columns);
  return std::any_of(names.begin(), names.end(), [&](const auto& name) {
    const Column* column = schema::FindColumn(request.columns, name);
    return column != nullptr && column->physical() != name;
  });
}

std::string Physical(const ConstraintRequest& request,
                     const std::string& name) {
  const Column* column = schema::FindColumn(request.columns, name);
  return column == nullptr ? name : column->physical();
}

std::vector<std::string> AllPhysical(const ConstraintRequest& request,
                                     const std::vector<std::string>& names) {
  std::vector<std::string> physical;
  physical.reserve(names.size());
  for (const std::string& name : names) {
    physical.push_back(Physical(request, name));
  }
  return physical;
}

// Returns the check in a form that waits for the triggers which fill its
// columns. nullopt when it is no check, no motion fills its columns, or this
// database needs no such form.
std::optional<std::string> Guarded(const TableWork& work,
                                   const ConstraintRequest& request,
                                   const std::string& check) {
  const bool filled = request.constraint.kind == ConstraintKind::kCheck &&
                      !request.provenance.empty();
  if (!filled) return std::nullopt;
  return work.spelling().GuardedCheck(check, request.provenance);
}

bool NeedsGuard(const TableWork& work, const ConstraintRequest& request) {
  return Guarded(work, request, request.constraint.check).has_value();
}

// True when the constraint reads a column that was moved by an earlier
// operation than the one of `request`, which fills only the columns that it
// moves itself.
bool MovedEarlier(const ConstraintRequest& request) {
  const std::vector<std::string> names =
      ColumnsRead(request.constraint, request.columns);
  return std::any_of(names.begin(), names.end(), [&](const auto& name) {
    const Column* column = schema::FindColumn(request.columns, name);
    const bool filled =
        std::any_of(request.filled.begin(), request.filled.end(),
                    [&](const auto& value) { return value.column == name; });
    return column != nullptr && column->physical() != name && !filled;
  });
}

std::string BoundCheck(TableWork& work, const ConstraintRequest& request) {
  const db::Answer& answer =
      AnswerOnCheck(work, request.constraint, request.columns);
  const bool ours = !MovedEarlier(request);
  if (ours && !answer.bound.empty()) return answer.bound;
  throw work
      .Refused(request.constraint.name,
               "it reads a column that an earlier operation of this "
               "migration replaces")
      .WithHint("split it into two migrations");
}

// Returns the constraint over the columns in the place where they live until
// the contract.
Constraint Placed(TableWork& work, const ConstraintRequest& request) {
  Constraint placed = request.constraint;
  placed.columns = AllPhysical(request, placed.columns);
  placed.include = AllPhysical(request, placed.include);
  placed.reference.on_delete_set_columns =
      AllPhysical(request, placed.reference.on_delete_set_columns);
  if (placed.kind == ConstraintKind::kForeignKey) {
    placed.reference = Resolved(work, placed);
  }
  const bool can_wait = placed.kind == ConstraintKind::kCheck ||
                        placed.kind == ConstraintKind::kForeignKey;
  placed.validated = !can_wait || !work.capabilities().not_valid_constraints;
  if (!request.placed_as.empty()) placed.name = request.placed_as;
  if (placed.kind != ConstraintKind::kCheck) return placed;
  if (MovedAnywhere(request)) placed.check = BoundCheck(work, request);
  const auto guarded = Guarded(work, request, placed.check);
  if (!guarded) return placed;
  placed.check = *guarded;
  placed.name = base::ShortName("_segue_check_" + request.constraint.name,
                                work.capabilities().max_identifier);
  return placed;
}

plan::Expression ValueOf(const TableWork& work,
                         const ConstraintRequest& request,
                         const Column& column) {
  for (const plan::ConstraintTrial::Value& value : request.filled) {
    if (value.column == column.name) return value.value;
  }
  return ColumnExpression(work.context().language, column);
}

// Returns nullopt when the constraint cannot be tried, because a column does
// not exist yet or its values are not known beforehand.
std::optional<plan::ConstraintTrial> Trial(const TableWork& work,
                                           const ConstraintRequest& request) {
  plan::ConstraintTrial trial;
  trial.constraint = request.constraint;
  for (const std::string& name :
       ColumnsRead(request.constraint, request.columns)) {
    const Column* column = schema::FindColumn(request.columns, name);
    if (column == nullptr) return std::nullopt;
    plan::Expression value = ValueOf(work, request, *column);
    if (value.is_volatile) return std::nullopt;
    for (const plan::Binding& binding : value.bindings) {
      if (work.live().FindColumn(binding.column) == nullptr) {
        return std::nullopt;
      }
    }
    trial.values.push_back({name, column->type, std::move(value)});
  }
  trial.key = work.live().WalkKeyColumns();
  return trial;
}

// Returns the trial of a foreign key, which no server checks beforehand.
std::optional<plan::ConstraintTrial> TrialOf(TableWork& work,
                                             const ConstraintRequest& request) {
  std::optional<plan::ConstraintTrial> trial = Trial(work, request);
  const bool is_key = request.constraint.kind == ConstraintKind::kForeignKey;
  if (trial && is_key) {
    trial->constraint.reference = Resolved(work, request.constraint);
  }
  return trial;
}

schema::Index IndexOf(const Constraint& placed) {
  schema::Index index;
  index.name = placed.name;
  index.unique = true;
  index.primary = placed.kind == ConstraintKind::kPrimaryKey;
  for (const std::string& column : placed.columns) {
    schema::IndexColumn part;
    part.name = column;
    index.columns.push_back(std::move(part));
  }
  index.include = placed.include;
  index.nulls_not_distinct = placed.nulls_not_distinct;
  index.storage_parameters = placed.storage_parameters;
  index.tablespace = placed.tablespace;
  return index;
}

// No constraint of a partitioned table adopts an index, so that each
// partition's does, and the build of the index makes it.
void AddUnique(TableWork& work, const ConstraintRequest& request,
               const Constraint& placed) {
  const schema::TableName& table = work.live().name;
  schema::Index index = IndexOf(placed);
  const bool partitioned = work.live().kind == "partitioned table";
  if (partitioned) index.constraint = placed.name;
  work.Add(Phase::kMigrating,
           plan::CreateIndex{table, index, TrialOf(work, request)});
  if (!work.capabilities().adopts_index || partitioned) return;
  Constraint adopting = placed;
  adopting.using_index = placed.name;
  work.Add(Phase::kMigrating, plan::AddConstraint{table, adopting});
}

void NoteWhoIsHeld(TableWork& work, const ConstraintRequest& request) {
  const std::string& name = request.constraint.name;
  work.Note(Phase::kMigrating,
            request.provenance.empty()
                ? fmt::format("'{}' holds for the old version too from this "
                              "step on: its writes that break it are refused",
                              name)
                : fmt::format("a write of the old version is refused when what "
                              "'up' makes of it breaks '{}'",
                              name));
  if (request.constraint.kind == ConstraintKind::kExclude) {
    work.Note(Phase::kMigrating,
              "the index of '" + name +
                  "' cannot be built without blocking reads and writes: they "
                  "wait for as long as that takes");
  }
}

}  // namespace

std::string AddConstraintText(const std::string& table,
                              const Constraint& constraint) {
  return fmt::format("Add {} '{}' to '{}'", schema::KindText(constraint.kind),
                     constraint.name, table);
}

std::string ProveConstraintText(const std::string& table,
                                const Constraint& constraint) {
  return fmt::format("Check the rows of '{}' against {} '{}'", table,
                     schema::KindText(constraint.kind), constraint.name);
}

bool ProvesExisting(TableWork& work, const ConstraintRequest& request) {
  const Constraint* there = UnprovenExisting(work, request);
  if (there == nullptr) return false;
  const schema::TableName& table = work.live().name;
  work.context().claims.TakeConstraint(table.name, there->name);
  work.Add(Phase::kMigrating,
           plan::ValidateConstraint{table, there->name, *there,
                                    TrialOf(work, request)});
  work.Note(Phase::kMigrating,
            fmt::format("{} '{}' exists already, but is NOT VALID: rows from "
                        "before it may break it",
                        schema::KindText(there->kind), there->name));
  for (Constraint& one : work.shape().constraints) {
    if (one.name == request.constraint.name) one.validated = true;
  }
  return true;
}

void PlanConstraint(TableWork& work, const ConstraintRequest& request) {
  PlaceConstraint(work, request);
  NoteWhoIsHeld(work, request);
  work.shape().constraints.push_back(request.constraint);
}

void PlaceConstraint(TableWork& work, const ConstraintRequest& request) {
  constexpr Phase kPhase = Phase::kMigrating;
  const schema::TableName& table = work.live().name;
  const Constraint placed = Placed(work, request);
  switch (placed.kind) {
    case ConstraintKind::kPrimaryKey:
      for (const std::string& column : placed.columns) {
        ForbidNull(work, column);
      }
      AddUnique(work, request, placed);
      break;
    case ConstraintKind::kUnique:
      AddUnique(work, request, placed);
      break;
    case ConstraintKind::kExclude:
      work.Add(kPhase, plan::AddConstraint{table, placed});
      break;
    case ConstraintKind::kForeignKey:
    case ConstraintKind::kCheck:
      work.Add(kPhase,
               plan::AddConstraint{table, placed, TrialOf(work, request)});
      if (!placed.validated) {
        work.Add(kPhase, plan::ValidateConstraint{table, placed.name});
      }
      break;
  }
}

// ADD PRIMARY KEY or SET NOT NULL alone would scan the table under its
// strongest lock, and a rollback of the former would leave the columns NOT
// NULL.
void ForbidNull(TableWork& work, const std::string& physical) {
  const schema::TableName& table = work.live().name;
  const Column* live = work.live().FindColumn(physical);
  if (live == nullptr) return;
  if (!live->unproven_not_null.empty()) {
    throw work
        .Refused(physical,
                 fmt::format("its NOT NULL constraint '{}' is NOT VALID, and "
                             "a primary key cannot rely on it",
                             live->unproven_not_null))
        .WithHint("validate that constraint or drop it first");
  }
  if (!live->nullable) return;
  const Constraint check = NotNullCheck(work, physical);
  ConstraintRequest request;
  request.constraint = check;
  request.columns = {*live};
  work.Add(Phase::kMigrating,
           plan::AddConstraint{table, check, Trial(work, request)});
  work.Add(Phase::kMigrating, plan::ValidateConstraint{table, check.name});
  Column after = *live;
  after.nullable = false;
  work.Add(Phase::kMigrating, plan::AlterColumn{table, *live, after});
  work.Add(Phase::kMigrating, plan::DropConstraint{table, check});
}

void LiftConstraint(TableWork& work, const ConstraintRequest& request,
                    Place place) {
  if (!NeedsGuard(work, request)) return;
  work.Add(place,
           plan::DropConstraint{work.live().name, Placed(work, request)});
}

void FinishConstraint(TableWork& work, const ConstraintRequest& request,
                      Place place) {
  const schema::TableName& table = work.live().name;
  const Constraint& constraint = request.constraint;
  if (NeedsGuard(work, request)) {
    work.Add(place, plan::AddConstraint{table, constraint});
  } else if (!request.placed_as.empty()) {
    Constraint placed = constraint;
    placed.name = request.placed_as;
    work.Add(place, plan::RenameConstraint{table, placed, constraint.name});
  }
}

void PlanWithConstraints(TableWork& work, MotionSteps& motion,
                         const std::vector<ConstraintRequest>& constraints) {
  for (const ConstraintRequest& one : constraints) RequirePossible(work, one);
  motion.Expand();
  motion.Migrate();
  for (const ConstraintRequest& one : constraints) PlanConstraint(work, one);
  const Place place = motion.Switch();
  const TableWork::Together together(work, place);
  for (const ConstraintRequest& one : constraints) {
    LiftConstraint(work, one, place);
  }
  motion.Contract();
  for (const ConstraintRequest& one : constraints) {
    FinishConstraint(work, one, place);
  }
}

}  // namespace segue::ops
