#include "planning/inquiry.h"

namespace segue::ops {

const db::Answer& Inquiry::Ask(const db::Question& question) {
  for (const auto& [asked, answer] : known_) {
    if (asked == question) return answer;
  }
  known_.emplace_back(question,
                      server_ ? server_(question) : db::Unknown(question));
  return known_.back().second;
}

std::vector<std::string> Inquiry::Unanswered() const {
  std::vector<std::string> questions;
  for (const auto& [asked, answer] : known_) {
    // Most types give NULL, and every table is asked about what is not known,
    // so that these questions alone are not worth a note.
    const bool usual = std::holds_alternative<db::LeftOutQuestion>(asked) ||
                       std::holds_alternative<db::UnknownFactsQuestion>(asked);
    if (!answer.known && !usual) questions.push_back(db::Describe(asked));
  }
  return questions;
}

}  // namespace segue::ops
