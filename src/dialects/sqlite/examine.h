// What SQLite says about an expression before anything is planned.
#pragma once

#include <string_view>

#include "db/dialect.h"

namespace segue::sqlite {

db::ExpressionFacts Examine(db::Connection& connection,
                            const db::Question& question);

// Of those, examine_table.cc answers these.
db::ExpressionFacts ExamineNewTable(const db::Question& question);
db::ExpressionFacts ExamineName(db::Connection& connection,
                                const db::Question& question);

// Whether it may answer differently when asked again. SQLite does not say, so
// this goes by the names of its functions.
bool IsVolatile(std::string_view expression);

}  // namespace segue::sqlite
