// Answers the questions that planning asks the server.
#pragma once

#include "db/connection.h"
#include "db/question.h"

namespace segue::postgres {

// Creates temporary objects in transactions that are rolled back, so that
// nothing is left behind. Must not be called within a transaction.
db::Answer Examine(db::Connection& connection, const db::Question& question);

// In writer_rights.cc.
db::Answer AnswerTo(db::Connection& connection,
                    const db::RightsQuestion& question);
// These answers are in examine_table.cc.
db::Answer AnswerTo(db::Connection& connection,
                    const db::TableQuestion& question);
db::Answer AnswerTo(db::Connection& connection,
                    const db::NameQuestion& question);
db::Answer AnswerTo(db::Connection& connection,
                    const db::MentionQuestion& question);

// This answer is in publications.cc.
db::Answer AnswerTo(db::Connection& connection,
                    const db::PublishedQuestion& question);

// This answer is in examine_loss.cc.
db::Answer AnswerTo(db::Connection& connection,
                    const db::LossQuestion& question);

// This answer is in examine_rows.cc.
db::Answer AnswerTo(db::Connection& connection,
                    const db::UnprovenQuestion& question);

// This answer is in examine_filled.cc.
db::Answer AnswerTo(db::Connection& connection,
                    const db::FilledQuestion& question);

// This answer is in unknown_facts.cc.
db::Answer AnswerTo(db::Connection& connection,
                    const db::UnknownFactsQuestion& question);
// This answer is in examine_triggers.cc.
db::Answer AnswerTo(db::Connection& connection,
                    const db::TriggersQuestion& question);

// This answer is in examine_keys.cc.
db::Answer AnswerTo(db::Connection& connection,
                    const db::RoomQuestion& question);
// This answer is in examine_copy.cc.
db::Answer AnswerTo(db::Connection& connection,
                    const db::CopyQuestion& question);

// This answer is in examine_ranges.cc.
db::Answer AnswerTo(db::Connection& connection,
                    const db::RangesQuestion& question);

// True when the expression contains something whose value changes with time or
// user, such as now(), current_user or a subquery. Evaluating such an
// expression again proves nothing.
bool DependsOnMoment(const std::string& expression);

}  // namespace segue::postgres
