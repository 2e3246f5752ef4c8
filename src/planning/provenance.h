// The provenance column of a motion, which says in each row which side was
// written last.
#pragma once

#include <string>

#include "planning/table_work.h"

namespace segue::ops {

// Returns a name that no column of the table has, and claims its number.
std::string FreeProvenance(TableWork& work);
schema::Column MakeProvenance(const TableWork& work, const std::string& name);

}  // namespace segue::ops
