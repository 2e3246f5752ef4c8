// SQL over OLD and NEW that decides which side of a row follows the other. What
// the write has changed decides.
#pragma once

#include <string>
#include <vector>

#include "plan/motion.h"

namespace segue::sqlite {

// `motion` must outlive the object and have a new column.
class Direction {
 public:
  Direction(const plan::ColumnMotion& motion, plan::SyncForm form);

  // Returns an expression: 1 when the new side follows, 2 when the old side
  // follows, 3 when both stay.
  std::string OnInsert() const;
  // Returns an expression with the same values. It also gives 0 when there is
  // nothing to do, and 4 or 5 when segue must finish its own earlier write to
  // the new (4) or to the old side (5).
  std::string OnUpdate() const;

  // Returns conditions. One of them is true when a column of the motion has
  // changed.
  std::vector<std::string> Changes() const;
  // Returns a condition for the change of the provenance that only segue's own
  // writes make.
  std::string OwnWrite() const;

 private:
  const char* Both() const;
  std::string OldNotGiven() const;
  std::string NewNotGiven() const;
  std::string WhenNeitherGiven(const char* row) const;
  std::vector<std::string> Sources() const;
  std::string SourcesChanged() const;

  bool sealed() const { return form_ == plan::SyncForm::kSealed; }

  const plan::ColumnMotion& motion_;
  const plan::SyncForm form_;
  std::string d_;
};

}  // namespace segue::sqlite
