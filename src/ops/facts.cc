#include <utility>

#include "ops/operation.h"

namespace segue::ops {

void Facts::Add(db::Question question, db::ExpressionFacts facts) {
  known_.emplace_back(std::move(question), std::move(facts));
}

const db::ExpressionFacts& Facts::For(const db::Question& question) const {
  static const db::ExpressionFacts kSilent;
  for (const auto& [asked, answer] : known_) {
    if (asked == question) return answer;
  }
  return kSilent;
}

}  // namespace segue::ops
