// What a column has besides what a schema::Table tells, and what becomes of it
// when the column goes.
#pragma once

#include "planning/answers.h"
#include "planning/table_work.h"

namespace segue::ops {

// A column and the one that takes its place.
struct Succession {
  schema::Column old;
  schema::Column target;  // after the contract
  db::LossOf of = db::LossOf::kAll;
  // A constraint, or the index of one, that goes with this migration.
  std::string leaving = {};
  ColumnFate fate = ColumnFate::kReplaced;
};

// Adds to the place of the switch the action that gives `target`, which takes
// the place of `old` under its own name by then, what the old column has had.
// Throws Error{kRefused} with the names of everything that cannot go over. What
// belongs to the constraint `leaving` is left out.
void CarryOver(TableWork& work, const Succession& columns);

// For a column that a seal puts aside (PlanContext::undoable). Adds to the
// seal, before anything else, what gives comments back with an undo. Throws
// Error{kRefused} with the names of everything that would read the column that
// is put aside, or would not be as it was after an undo.
void SealLosses(TableWork& work, const Succession& columns);

// Adds the action that lets the old column go, where something holds it. Comes
// before the column is dropped. Throws as CarryOver does.
void ReleaseColumn(TableWork& work, const Succession& columns);

// Adds the action that lets the views and rules that read the old column read
// `heir`, which is the name of the new one until then. Comes before the column
// is dropped. Throws as CarryOver does.
void RebindViews(TableWork& work, const Succession& columns,
                 const std::string& heir);

// Adds to the seal what fills copies of the materialized views that read the
// old column, which take their places with RebindViews.
void CopyMaterializedViews(TableWork& work, const Succession& columns,
                           const std::string& heir);

// Adds the action that gives the new column, which exists beside the old one
// until the contract, the privileges that roles have on the old one.
void ShareColumnPrivileges(TableWork& work, const schema::Column& old,
                           const std::string& new_name);

// Throws Error{kRefused} with the names of what hangs on a column that could
// not be kept in step with a copy under another name.
void RefuseBeside(TableWork& work, const schema::Column& old);

// Says in the plan what goes with a column that is dropped. Throws
// Error{kRefused} with the names of everything that forbids the drop.
void NoteLosses(TableWork& work, const schema::Column& column);

}  // namespace segue::ops
