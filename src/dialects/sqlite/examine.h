// What SQLite says to the questions that planning asks.
#pragma once

#include <string_view>

#include "db/connection.h"
#include "db/question.h"

namespace segue::sqlite {

db::Answer Examine(db::Connection& connection, const db::Question& question);

// The answers that examine_table.cc gives.
db::Answer AnswerTo(db::Connection& connection,
                    const db::TableQuestion& question);
db::Answer AnswerTo(db::Connection& connection,
                    const db::NameQuestion& question);

// Whether it may answer differently when asked again. SQLite does not say, so
// this goes by the names of its functions.
bool IsVolatile(std::string_view expression);

}  // namespace segue::sqlite
