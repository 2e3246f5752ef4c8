// The whole catalogue of a PostgreSQL database as lines of text, for a
// comparison of what a migration leaves with what plain SQL leaves. A dump says
// less: it has no dependencies, no flags of triggers of constraints, no
// origins of inherited columns.
#pragma once

#include <string>
#include <vector>

#include "tests/support/client.h"

namespace segue::test {

// Sorted lines such as "table column public.t.v: attnotnull = true". Objects
// have their names instead of oids. Left out are segue's ledger and the schemas
// of its versions, and what only says how rows are stored (statistics, file
// nodes, transaction ids, the numbers of columns). The order of the columns of
// a table is a line "table public.t: order of columns = ..." of its own.
using Snapshot = std::vector<std::string>;

Snapshot CatalogueOf(Client& client);
// Every row of every table as JSON, which names the columns in one order, and
// the last value of every sequence.
Snapshot DataOf(Client& client);

// Differs when a table, a column, an index, a constraint, a trigger, a default,
// a function, a schema or a comment was written in between. It takes a small
// part of the time of CatalogueOf.
std::string FingerprintOf(Client& client);

// Returns what only `before` has as "- LINE" and what only `after` has as
// "+ LINE".
std::vector<std::string> Differences(const Snapshot& before,
                                     const Snapshot& after);

}  // namespace segue::test
