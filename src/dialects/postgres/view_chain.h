// The views, materialized views and rules that read a column, and whatever
// reads these.
#pragma once

#include <string>
#include <vector>

#include "db/connection.h"
#include "db/question.h"

namespace segue::postgres {

// Returns the members of WITH RECURSIVE that list them. `direct` has the rules
// that read the column itself, and `chain` the views over it, each with its
// depth: what a view reads has a smaller one. The views of segue's versions,
// and its own copies, are left out. Both arguments are expressions: the oid of
// the table, which takes its partitions along, and the name of the column.
std::string ChainSql(const std::string& table, const std::string& column);

// Returns a statement that locks the views, those that nothing reads first, and
// then the table: a query takes its locks in this order. All of it ends within
// one lock_timeout.
std::string LockChainSql(const schema::TableName& table,
                         const std::string& column);

// Returns what the chain of the column has, by kind. What cannot be made again
// has the reason, and what helps.
std::vector<db::HangingFact> HangingViews(db::Connection& connection,
                                          const db::LossQuestion& question);

}  // namespace segue::postgres
