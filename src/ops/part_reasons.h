// Why a table cannot become a part of a merged one.
#pragma once

#include <string>

#include "schema/schema.h"

namespace segue::ops {

// Returns the reason, after "table 'x'", as "has a deferrable primary key";
// empty: there is none in the table itself.
std::string WhyNoPart(const schema::Table& table);

}  // namespace segue::ops
