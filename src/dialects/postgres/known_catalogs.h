// The closed list of what PostgreSQL's own catalogues have. What a server has
// beyond it says something that segue does not know.
//
// The list has every column of every table of pg_catalog as initdb makes it,
// for each major version. A catalogue is about tables when one of its columns
// refers to pg_class, when it names objects of any kind by catalogue and object
// identifier, or when it is about publications. What ANALYZE writes
// (pg_statistic, pg_statistic_ext_data) says nothing that a column could lose.
#pragma once

#include <string>
#include <vector>

namespace segue::postgres {

// Returns "pg_class.oid" and so on, sorted. A version that is newer than those
// of the list has what the newest one of the list has.
std::vector<std::string> KnownColumns(int version);

// Returns the SQL condition under which the row `x` of a catalogue is about
// the relations whose object identifiers are $1, or about one of their
// `objects` (class, id); empty for a catalogue that is not about tables.
std::string RowsOfTable(const std::string& catalog);

}  // namespace segue::postgres
