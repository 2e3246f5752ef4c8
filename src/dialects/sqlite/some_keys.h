// Names rows for people, in questions that are asked at another time than that
// for which the plan knows the names of columns.
#pragma once

#include <string>

struct sqlite3;

namespace segue::sqlite {

// Returns a SELECT of a text about the rows `c` of the table for which the
// condition holds, with their number and keys: "2 rows of 'users' <what>: id=1,
// id=2". It finds no row where there are none. `then` is the table as it is
// called by then.
std::string RowsText(const std::string& table, const std::string& then,
                     const std::string& what, const std::string& condition);

// Implements segue_keys(table, condition): the keys of the first rows, by the
// columns that the key has now. Throws Error.
std::string SomeKeys(sqlite3* database, const std::string& table,
                     const std::string& condition);

}  // namespace segue::sqlite
