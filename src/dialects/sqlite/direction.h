// Which side of a row follows the other one: "what changed decides", as SQL
// over OLD and NEW.
#pragma once

#include <string>
#include <vector>

#include "plan/motion.h"

namespace segue::sqlite {

// `motion` must outlive it and have a new column.
class Direction {
 public:
  Direction(const plan::ColumnMotion& motion, plan::SyncForm form);

  // 1: the new side follows, 2: the old side follows, 3: both stay.
  std::string OnInsert() const;
  // The same; also 0: nothing to do, and 4 and 5: finish what an earlier
  // write of ours to the new (4) or to the old side (5) left undone.
  std::string OnUpdate() const;

  // Conditions, one of which holds when a column concerned has changed.
  std::vector<std::string> Changes() const;
  // The change of the provenance that only segue's own writes make.
  std::string OwnWrite() const;

 private:
  const char* Both() const;
  std::string OldNotGiven() const;
  std::string WhenNeitherGiven(const char* row) const;
  std::vector<std::string> Sources() const;
  std::string SourcesChanged() const;

  bool sealed() const { return form_ == plan::SyncForm::kSealed; }

  const plan::ColumnMotion& motion_;
  const plan::SyncForm form_;
  std::string d_;
};

}  // namespace segue::sqlite
