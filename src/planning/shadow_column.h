// Plans a motion on one table, for all operations that need one: a new column
// beside an old one, or beside the columns that it is derived from. Triggers
// keep the columns in step, a backfill fills the new column, a verification
// compares them, and the contract drops one of them.
#pragma once

#include <string>

#include "planning/motion_steps.h"
#include "planning/shadow.h"

namespace segue::ops {

// Adds actions to the steps of `work`; the operation adds their descriptions.
// The constructor throws Error{kRefused} when the old column cannot be kept in
// step.
class ShadowColumn : public MotionSteps {
 public:
  ShadowColumn(TableWork& work, ShadowRequest request);

  void Expand() override;
  void Migrate() override;
  void Contract() override;
  Place Switch() const override;
  // Parts of Expand and Contract. They are called on their own only where the
  // triggers of several motions read each other's columns, because the triggers
  // must then be created after all columns and dropped before any.
  void AddColumns();
  void StartSync();
  void StopSync();
  // For a column that changes with others (ShadowRequest::tied_by), at the end.
  void CarryOver();

  const plan::MotionId& motion() const { return shadow_.motion().name; }
  const std::string& provenance() const { return shadow_.motion().provenance; }
  // Returns the target with the place where the new version finds it until the
  // contract.
  schema::Column Shape() const { return shadow_.Shape(); }

 private:
  void LockBoth(bool on_undo);

  TableWork& work_;
  Shadow shadow_;
  bool stopped_ = false;
};

}  // namespace segue::ops
