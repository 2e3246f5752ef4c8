// SQL that finds what the partitions of a table have of their own on a column.
#pragma once

#include <string>

namespace segue::postgres {

// A condition on `d`, a row of pg_depend: what depends is neither segue's own
// nor a view of one of its versions.
extern const char* const kNotOurs;

// Returns common table expressions, of which the last one is
// own_parts, of kind, relname, what, hash and column_name. They need a relation
// `whole` of id, num and name: the tables, each with the number and the name of
// its column. `hash` tells one default from another and is NULL elsewhere.
std::string OwnParts();

}  // namespace segue::postgres
