// drop_index: name*, table.
#pragma once

#include <string>

#include "planning/operation.h"
#include "planning/table_work.h"

namespace segue::ops {

struct DropIndexSpec {
  std::string name;
  std::string table;  // empty: whichever has it
};

NewOperation MakeDropIndex(DropIndexSpec spec);
NewOperation ParseDropIndex(const base::Node& body);

// The index of the table, claimed, if it may be dropped by itself. Throws
// Error{kNotFound} naming the table's indexes, or Error{kRefused} when a key, a
// constraint, a foreign key or the replica identity relies on it.
schema::Index TakeDroppable(TableWork& work, const std::string& operation,
                            const std::string& index);
// What goes with it besides the speed of queries; on the CONTRACTING step.
void NoteDrop(TableWork& work, const schema::Index& index);

}  // namespace segue::ops
