// Reads what the functions of the user's triggers do with their rows.
#pragma once

#include <cstdint>

#include "db/connection.h"
#include "dialects/postgres/catalog.h"

namespace segue::postgres {

// Adds to each table the trigger functions that name a column of it, and those
// that need the columns that the table has now, as dependents. The tables must
// have their triggers already, which are told what their functions do besides.
void ReadTriggerFunctions(db::Connection& connection, std::int64_t schema_oid,
                          TablesByOid& tables);

}  // namespace segue::postgres
