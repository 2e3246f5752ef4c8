#include "planning/constraint_move.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/names.h"
#include "planning/constraint_checks.h"
#include "planning/constraint_steps.h"

namespace segue::ops {
namespace {

using schema::Constraint;
using schema::ConstraintKind;

bool Reads(const Constraint& constraint, const std::string& column) {
  return constraint.kind == ConstraintKind::kCheck
             ? !schema::ReferencedColumns(constraint.check, {column}).empty()
             : std::find(constraint.columns.begin(), constraint.columns.end(),
                         column) != constraint.columns.end();
}

// Returns the table's columns by their old names, with the old column living
// elsewhere.
std::vector<schema::Column> Seen(const schema::Table& table,
                                 const ColumnSwap& swap,
                                 const std::string& lives_as) {
  schema::Column moved = swap.target;
  moved.name = swap.old.name;
  moved.stored_as = lives_as;
  std::vector<schema::Column> columns = table.columns;
  std::replace_if(
      columns.begin(), columns.end(),
      [&](const schema::Column& one) { return one.name == moved.name; }, moved);
  return columns;
}

Constraint WithColumn(Constraint constraint, const ColumnSwap& swap) {
  std::vector<std::string>& set = constraint.reference.on_delete_set_columns;
  for (auto* names : {&constraint.columns, &set}) {
    std::replace(names->begin(), names->end(), swap.old.name, swap.target.name);
  }
  return constraint;
}

const db::Answer& AcceptedCheck(TableWork& work, const Constraint& constraint,
                                const ColumnSwap& swap,
                                const std::string& lives_as) {
  const db::Answer& answer =
      AnswerOnCheck(work, constraint, Seen(work.live(), swap, lives_as));
  if (answer.error.empty()) return answer;
  throw work
      .Refused(constraint.name,
               fmt::format("the check does not hold over '{}' as {}: {}",
                           swap.target.name, swap.target.type, answer.error))
      .WithSql(constraint.check)
      .WithHint("drop the check first");
}

ConstraintMove Move(TableWork& work, const Constraint& original,
                    const ColumnSwap& swap) {
  ConstraintMove move;
  move.original = original;
  move.request.constraint = original;
  // The structured fields replace the text, because columns can be exchanged in
  // them.
  move.request.constraint.definition.clear();
  move.request.columns = Seen(work.live(), swap, swap.physical);
  move.request.placed_as =
      plan::ConstraintCopy(original.name, work.capabilities().max_identifier);
  move.finished = WithColumn(move.request.constraint, swap);
  if (original.kind != ConstraintKind::kCheck) return move;
  AcceptedCheck(work, original, swap, swap.physical);
  if (swap.target.name != swap.old.name) {
    move.finished.check =
        AcceptedCheck(work, original, swap, swap.target.name).bound;
  }
  return move;
}

}  // namespace

bool CanMove(const schema::Table& table, const Constraint& constraint,
             const std::string& column) {
  if (!Reads(constraint, column) || !constraint.validated) return false;
  if (constraint.kind == ConstraintKind::kCheck) return true;
  // A referential action SET DEFAULT would have nothing to set where the hidden
  // column has no default.
  return constraint.kind == ConstraintKind::kForeignKey &&
         table.kind != "partitioned table" &&
         constraint.reference.on_delete != "SET DEFAULT" &&
         constraint.reference.on_update != "SET DEFAULT";
}

std::vector<ConstraintMove> PlanConstraintMoves(
    TableWork& work, const ColumnSwap& swap, const plan::Expression& up,
    const std::string& provenance, const std::vector<std::string>& leaving) {
  std::vector<ConstraintMove> moves;
  for (const Constraint& constraint : work.live().constraints) {
    if (std::find(leaving.begin(), leaving.end(), constraint.name) !=
        leaving.end()) {
      continue;
    }
    if (!CanMove(work.live(), constraint, swap.old.name)) continue;
    work.context().claims.TakeConstraint(work.live().name.name,
                                         constraint.name);
    ConstraintMove move = Move(work, constraint, swap);
    move.request.filled = {{swap.old.name, swap.target.type, up}};
    move.request.provenance = {provenance};
    moves.push_back(std::move(move));
  }
  return moves;
}

void NameConstraints(TableWork& work, const std::vector<ConstraintMove>& moves,
                     Place place) {
  for (const ConstraintMove& move : moves) {
    ConstraintRequest finished = move.request;
    finished.constraint = move.finished;
    FinishConstraint(work, finished, place);
  }
}

}  // namespace segue::ops
