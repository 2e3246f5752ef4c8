// What a seal that lasts does with the old shape (PlanContext::undoable):
// nothing of it refuses a write of the new version any more, and an undo brings
// all of it back.
#pragma once

#include <string>
#include <vector>

#include "planning/index_move.h"
#include "planning/table_work.h"

namespace segue::ops {

// Returns the place of what makes the new shape the only one: the drop, or a
// seal that can be undone.
Place SwitchPlace(const TableWork& work);

// Describes the switch, and what is left for the drop.
void DescribeSwitch(TableWork& work, const std::string& columns,
                    const std::string& text);
// Says in the plan what an undo does; only where the contract can be undone.
void NoteUndo(TableWork& work, Place place, const std::string& text);

// The column that a seal puts aside, by its name in the database until then.
struct PutAside {
  schema::Column column;
  std::string aside;
};

// Each function adds to the seal, before the column is renamed.

// Throws Error{kRefused} when the type of the column refuses NULL, which a row
// has there on which `down` fails.
void RefuseStrictDomain(const TableWork& work, const schema::Column& column);
// Takes the NOT NULL of the column, which is `now` while both versions are
// live, away. An undo brings it back if no row has NULL.
void LiftNotNull(TableWork& work, const schema::Column& column,
                 const schema::Column& now);
// Takes a constraint away. A check or a foreign key comes back NOT VALID, and a
// key with an index that is built first.
// `table` is the table's name while the contract is sealed; empty: it stays.
void LiftConstraintForSeal(TableWork& work,
                           const schema::Constraint& constraint,
                           const std::string& table = "");
// Takes a unique index away, which an undo builds again first.
void LiftUniqueIndex(TableWork& work, const schema::Index& index);
// Does so with a unique index, or gives another one a name under which it
// stays.
void PutIndexAside(TableWork& work, const schema::Index& index,
                   const PutAside& old);
// Lets an undo build the index again that a constraint adopts with the seal,
// and takes along when it goes.
void BuildAgain(TableWork& work, const schema::Index& copy);
// Throws Error{kRefused} when an index over the column has no copy and would
// still refuse writes.
void RefuseUncopied(const TableWork& work, const std::vector<IndexMove>& moves,
                    const PutAside& old, const std::string& leaving);
// Takes away the checks, foreign keys and indexes of a column that goes without
// a successor. `filled` says that rows of the new version have values in it.
// Returns the indexes that stay as they are.
std::vector<schema::Index> LiftAllOf(TableWork& work, const PutAside& old,
                                     bool filled);

// Returns the column as the drop finds it.
schema::Column ColumnAside(schema::Column column, const std::string& aside);
// Adds to the drop what removes the indexes that PutIndexAside has renamed.
void DropPutAside(TableWork& work, const std::vector<schema::Index>& indexes,
                  const PutAside& old);
// True when PutIndexAside keeps the index under another name.
bool StaysAside(const schema::Index& index, const schema::Column& old);

// Adds the steps that an undo begins and ends with, and tells the actions of
// the seal by which names an undo finds the columns. All operations have
// planned by then.
void AddUndoSteps(PlanContext& context);

}  // namespace segue::ops
