// What the server says to the questions that planning asks.
#pragma once

#include "db/connection.h"
#include "db/question.h"

namespace segue::postgres {

// Creates temporary objects in transactions that are rolled back; leaves
// nothing behind. Not to be called within a transaction.
db::Answer Examine(db::Connection& connection, const db::Question& question);

// The answers that examine_table.cc gives.
db::Answer AnswerTo(db::Connection& connection,
                    const db::TableQuestion& question);
db::Answer AnswerTo(db::Connection& connection,
                    const db::NameQuestion& question);
db::Answer AnswerTo(db::Connection& connection,
                    const db::MentionQuestion& question);

// True when the expression names something whose value changes with time or
// user, so that evaluating it again proves nothing: now(), current_user, a
// subquery.
bool DependsOnMoment(const std::string& expression);

}  // namespace segue::postgres
