// The shared planning of a motion on one table: a new column beside an old one
// (or beside the columns it is derived from), kept in step by triggers, filled,
// verified, and one of the two taken away at the contract.
#pragma once

#include <string>

#include "planning/motion_steps.h"
#include "planning/shadow.h"

namespace segue::ops {

// Adds actions to the steps of `work`; describing them is up to the operation.
// Throws Error{kRefused} from the constructor when the old column cannot be
// kept in step.
class ShadowColumn : public MotionSteps {
 public:
  ShadowColumn(TableWork& work, ShadowRequest request);

  void Expand() override;
  void Migrate() override;
  void Contract() override;
  // Parts of Expand and Contract, which are called apart only where the
  // triggers of several motions read each other's columns: the triggers come
  // after all columns, and go before any.
  void AddColumns();
  void StartSync();
  void StopSync();

  const std::string& provenance() const { return shadow_.motion().provenance; }
  // Where the new version finds the column: the target, stored elsewhere.
  schema::Column Shape() const { return shadow_.Shape(); }

 private:
  TableWork& work_;
  Shadow shadow_;
  bool stopped_ = false;
};

}  // namespace segue::ops
