// Answers the questions that planning asks of SQLite.
#pragma once

#include <string_view>

#include "db/connection.h"
#include "db/question.h"

namespace segue::sqlite {

db::Answer Examine(db::Connection& connection, const db::Question& question);

// These answers are in examine_table.cc.
db::Answer AnswerTo(db::Connection& connection,
                    const db::TableQuestion& question);
db::Answer AnswerTo(db::Connection& connection,
                    const db::NameQuestion& question);

// This answer is in unknown_facts.cc.
db::Answer AnswerTo(db::Connection& connection,
                    const db::UnknownFactsQuestion& question);

// True when the expression may give another value when it is evaluated again.
// SQLite does not tell, so this goes by the names of its functions.
bool IsVolatile(std::string_view expression);

}  // namespace segue::sqlite
