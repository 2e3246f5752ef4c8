#include "planning/constraint_work.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/text.h"
#include "planning/expression.h"
#include "planning/key_reference.h"
#include "schema/constraint_text.h"

namespace segue::ops {
namespace {

using schema::Column;
using schema::Constraint;
using schema::ConstraintKind;

// The columns whose values decide about a row.
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

Error Refused(const TableWork& work, const Constraint& constraint,
              const std::string& reason) {
  return work.Refused(constraint.name, reason);
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

// The check in the form that waits for the triggers which fill its columns;
// nullopt: it is no check, no motion fills it, or nothing has to wait here.
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

// It reads a column whose place was changed by an operation before the one that
// `request` is of, which fills what it moves.
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
  throw Refused(work, request.constraint,
                "it reads a column that an earlier operation of this "
                "migration replaces")
      .WithHint("split it into two migrations");
}

// The constraint over the columns where they live until the contract.
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

// Nothing to try where a column is yet to be added, or its values are not
// known before they are made.
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

// Of one that another table has, which no server tells beforehand.
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

void AddUnique(TableWork& work, const ConstraintRequest& request,
               const Constraint& placed) {
  const schema::TableName& table = work.live().name;
  work.Add(Phase::kMigrating,
           plan::CreateIndex{table, IndexOf(placed), TrialOf(work, request)});
  if (!work.capabilities().adopts_index) return;
  Constraint adopting = placed;
  adopting.using_index = placed.name;
  work.Add(Phase::kMigrating, plan::AddConstraint{table, adopting});
}

// The primary key would make its columns NOT NULL by a scan under the table's
// strongest lock, and would leave them so when it is taken back.
void ForbidNull(TableWork& work, const std::string& physical) {
  const schema::TableName& table = work.live().name;
  const Column* live = work.live().FindColumn(physical);
  if (live == nullptr || !live->nullable) return;
  Constraint check;
  check.name = base::ShortName("_segue_not_null_" + physical,
                               work.capabilities().max_identifier);
  check.columns = {physical};
  check.check = work.spelling().IsNotNull(physical);
  ConstraintRequest request;
  request.constraint = check;
  request.columns = {*live};
  check.validated = false;
  work.Add(Phase::kMigrating,
           plan::AddConstraint{table, check, Trial(work, request)});
  work.Add(Phase::kMigrating, plan::ValidateConstraint{table, check.name});
  Column after = *live;
  after.nullable = false;
  work.Add(Phase::kMigrating, plan::AlterColumn{table, *live, after});
  work.Add(Phase::kMigrating, plan::DropConstraint{table, check});
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

bool SameReference(const Constraint& there, const Constraint& wanted) {
  const auto name = [](const std::string& table) {
    return table.substr(table.find('.') + 1);
  };
  const schema::Reference& a = there.reference;
  const schema::Reference& b = wanted.reference;
  return name(a.table) == name(b.table) && a.columns == b.columns &&
         a.match == b.match && a.on_delete == b.on_delete &&
         a.on_update == b.on_update && there.deferrable == wanted.deferrable &&
         there.initially_deferred == wanted.initially_deferred;
}

bool SameConstraint(TableWork& work, const ConstraintRequest& request,
                    const Constraint& there) {
  const Constraint& wanted = request.constraint;
  if (there.kind != wanted.kind) return false;
  switch (wanted.kind) {
    case ConstraintKind::kPrimaryKey:
    case ConstraintKind::kUnique:
      return there.columns == wanted.columns;
    case ConstraintKind::kForeignKey: {
      Constraint resolved = wanted;
      resolved.reference = Resolved(work, wanted);
      return there.columns == wanted.columns && SameReference(there, resolved);
    }
    case ConstraintKind::kCheck: {
      const std::string& definition =
          AnswerOnCheck(work, wanted, request.columns).definition;
      return SameDefault(there.check, wanted.check) ||
             (!definition.empty() && definition == there.definition);
    }
    case ConstraintKind::kExclude:
      return false;  // nobody can tell without the server's own words
  }
  return false;
}

std::string DefinitionText(const Constraint& constraint) {
  if (!constraint.definition.empty()) return constraint.definition;
  if (constraint.kind == ConstraintKind::kCheck) {
    return "CHECK (" + constraint.check + ")";
  }
  std::string text = fmt::format("{} ({})", schema::KindText(constraint.kind),
                                 base::Join(constraint.columns, ", "));
  if (constraint.kind == ConstraintKind::kForeignKey) {
    text += fmt::format(" to {} ({})", constraint.reference.table,
                        base::Join(constraint.reference.columns, ", "));
  }
  return text;
}

void RequireColumns(TableWork& work, const ConstraintRequest& request) {
  for (const std::string& name : request.constraint.columns) {
    if (schema::FindColumn(request.columns, name) == nullptr) {
      schema::RequireColumn(work.shape(), name);
    }
  }
}

void RequireCapable(const TableWork& work, const Constraint& constraint) {
  const db::Capabilities& can = work.capabilities();
  if (constraint.kind == ConstraintKind::kPrimaryKey && !can.add_primary_key) {
    throw Refused(work, constraint,
                  can.name + " cannot add a primary key to a table that exists")
        .WithHint("make it unique with NOT NULL columns instead");
  }
  if (constraint.kind == ConstraintKind::kExclude &&
      !can.exclusion_constraints) {
    throw Refused(work, constraint, can.name + " has no exclusion constraints");
  }
  const bool is_unique = constraint.kind == ConstraintKind::kUnique;
  const bool extras = constraint.deferrable || constraint.nulls_not_distinct ||
                      !constraint.include.empty() ||
                      !constraint.storage_parameters.empty() ||
                      !constraint.tablespace.empty();
  if (is_unique && extras && !can.adopts_index) {
    throw Refused(work, constraint,
                  can.name +
                      " has unique indexes only: none of deferrable, "
                      "nulls_not_distinct and index_parameters");
  }
  if (constraint.kind == ConstraintKind::kCheck && constraint.no_inherit &&
      !can.not_valid_constraints) {
    throw Refused(work, constraint,
                  can.name + " has no inheritance: leave out 'no_inherit'");
  }
  if (constraint.kind == ConstraintKind::kForeignKey &&
      work.live().kind == "partitioned table" && can.not_valid_constraints) {
    throw Refused(work, constraint,
                  "a foreign key of a partitioned table cannot be added "
                  "without a scan that blocks writes")
        .WithHint("add it to each partition");
  }
}

void RequireNoOtherKey(const TableWork& work, const Constraint& constraint) {
  if (constraint.kind != ConstraintKind::kPrimaryKey) return;
  for (const Constraint& there : work.live().constraints) {
    if (there.kind != ConstraintKind::kPrimaryKey) continue;
    throw Refused(
        work, constraint,
        fmt::format("the table has a primary key already, '{}'", there.name));
  }
}

}  // namespace

std::string AddConstraintText(const std::string& table,
                              const Constraint& constraint) {
  return fmt::format("Add {} '{}' to '{}'", schema::KindText(constraint.kind),
                     constraint.name, table);
}

const db::Answer& AnswerOnCheck(const TableWork& work, const Constraint& check,
                                const std::vector<Column>& columns) {
  return work.context().Ask(db::CheckQuestion{work.live().name, check.check,
                                              Bind(check.check, columns)});
}

// Names of indexes count beside those of tables, wherever constraints are
// named by them.
void RequireFreeConstraintName(TableWork& work, const Constraint& constraint) {
  const std::size_t limit = work.capabilities().max_identifier;
  if (constraint.name.size() > limit) {
    throw Refused(work, constraint,
                  fmt::format("the name is longer than {} bytes", limit));
  }
  for (const Constraint& there : work.shape().constraints) {
    if (there.name != constraint.name) continue;
    throw Refused(work, constraint, "a constraint of this name exists already");
  }
  const bool has_index = constraint.kind == ConstraintKind::kUnique ||
                         constraint.kind == ConstraintKind::kPrimaryKey ||
                         constraint.kind == ConstraintKind::kExclude;
  if (!has_index) return;
  for (const schema::Table& table : work.context().schema.tables) {
    const bool is_table = table.name.name == constraint.name;
    const bool is_index = std::any_of(
        table.indexes.begin(), table.indexes.end(),
        [&](const auto& index) { return index.name == constraint.name; });
    if (!is_table && !is_index) continue;
    throw Refused(work, constraint,
                  is_table ? "a table of this name exists already"
                           : fmt::format("an index of this name exists "
                                         "already on '{}'",
                                         table.name.name));
  }
}

bool ExistsAlready(TableWork& work, const ConstraintRequest& request) {
  const Constraint& wanted = request.constraint;
  work.context().claims.TakeConstraint(work.live().name.name, wanted.name);
  for (const Constraint& there : work.shape().constraints) {
    if (there.name != wanted.name) continue;
    if (SameConstraint(work, request, there)) {
      work.Note(Phase::kExpanding,
                fmt::format("{} '{}' exists already with this definition; "
                            "skipped",
                            schema::KindText(wanted.kind), wanted.name));
      return true;
    }
    throw Refused(work, wanted,
                  fmt::format("a constraint of this name exists with another "
                              "definition: there '{}', wanted '{}'",
                              DefinitionText(there), DefinitionText(wanted)));
  }
  return false;
}

void RequirePossible(TableWork& work, const ConstraintRequest& request) {
  const Constraint& constraint = request.constraint;
  RequireColumns(work, request);
  RequireCapable(work, constraint);
  RequireNoOtherKey(work, constraint);
  RequireFreeConstraintName(work, constraint);
  if (constraint.kind == ConstraintKind::kForeignKey)
    Resolved(work, constraint);
  if (constraint.kind != ConstraintKind::kCheck) return;
  const db::Answer& answer = AnswerOnCheck(work, constraint, request.columns);
  if (answer.error.empty()) return;
  throw Refused(work, constraint,
                "its expression is not accepted: " + answer.error)
      .WithSql(constraint.check);
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

void LiftConstraint(TableWork& work, const ConstraintRequest& request) {
  if (!NeedsGuard(work, request)) return;
  work.Add(kDrop,
           plan::DropConstraint{work.live().name, Placed(work, request)});
}

void FinishConstraint(TableWork& work, const ConstraintRequest& request) {
  const schema::TableName& table = work.live().name;
  const Constraint& constraint = request.constraint;
  if (NeedsGuard(work, request)) {
    work.Add(kDrop, plan::AddConstraint{table, constraint});
  } else if (!request.placed_as.empty()) {
    Constraint placed = constraint;
    placed.name = request.placed_as;
    work.Add(kDrop, plan::RenameConstraint{table, placed, constraint.name});
  }
}

}  // namespace segue::ops
