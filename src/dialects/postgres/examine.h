// What the server says about an expression, asked before anything is planned.
#pragma once

#include "db/dialect.h"

namespace segue::postgres {

// Creates temporary objects in transactions that are rolled back; leaves
// nothing behind. Not to be called within a transaction.
db::ExpressionFacts Examine(db::Connection& connection,
                            const db::Question& question);

// Of those, examine_table.cc answers these.
db::ExpressionFacts ExamineNewTable(db::Connection& connection,
                                    const db::Question& question);
db::ExpressionFacts ExamineName(db::Connection& connection,
                                const db::Question& question);
db::ExpressionFacts ExamineNamedBy(db::Connection& connection,
                                   const db::Question& question);

// True when the expression names something whose value changes with time or
// user, so that evaluating it again proves nothing: now(), current_user, a
// subquery.
bool DependsOnMoment(const std::string& expression);

}  // namespace segue::postgres
