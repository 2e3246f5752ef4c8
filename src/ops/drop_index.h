// The keys of drop_index (* is required): name*, table.
#pragma once

#include <string>

#include "planning/operation.h"
#include "planning/table_work.h"

namespace segue::ops {

struct DropIndexSpec {
  std::string name;
  std::string table;  // empty: the table that has it
};

NewOperation MakeDropIndex(DropIndexSpec spec);
NewOperation ParseDropIndex(const base::Node& body);

// Claims and returns the table's index. Throws Error{kNotFound}, which names
// the table's indexes, when there is none of that name, and Error{kRefused}
// when a key, a constraint, a foreign key or the replica identity relies on it.
schema::Index TakeDroppable(TableWork& work, const std::string& operation,
                            const std::string& index);
// Notes on the CONTRACTING step what is lost with the index besides the speed
// of queries.
void NoteDrop(TableWork& work, const schema::Index& index);

}  // namespace segue::ops
