// The decisions about a motion on one table, made before its steps are written.
// The motion keeps a new column beside an old one, or beside the columns that
// the new one is derived from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planning/constraint_move.h"
#include "planning/index_move.h"
#include "planning/shadow_request.h"
#include "planning/table_work.h"

namespace segue::ops {

// The columns, checks and copies that exist from the expand step to the drop.
// The constructor claims what they need and adds the motion to the plan.
class Shadow {
 public:
  // Throws Error{kRefused} when the old column cannot be kept in step. `work`
  // must outlive the object.
  Shadow(TableWork& work, ShadowRequest request);

  const ShadowRequest& request() const { return request_; }
  const plan::ColumnMotion& motion() const {
    return work_.context().motions.Column(id_);
  }
  const std::vector<IndexMove>& index_moves() const { return index_moves_; }
  const std::vector<ConstraintMove>& constraint_moves() const {
    return constraint_moves_;
  }

  // Requires an old column.
  ColumnSwap swap() const {
    return {*request_.old_column, request_.target, request_.physical};
  }
  // True when the new column has a temporary name until the contract.
  bool hidden() const { return request_.physical != request_.target.name; }
  // True when the new column takes the old one's place with a seal that can be
  // undone, and not with the drop.
  bool switches() const;
  // True when a check must prove that the new column has a value in each row,
  // because the contract makes the column NOT NULL.
  bool needs_check() const;
  // Returns the target with the place where the new version finds it until the
  // contract.
  schema::Column Shape() const;
  // Returns the new column as it is added.
  schema::Column Added() const;
  // Returns the new column as it is once the triggers keep it, until the
  // contract.
  schema::Column Live() const;
  schema::Column Provenance() const;
  // Returns the old column as it is while both versions are live.
  schema::Column PreparedOld() const;
  schema::Constraint NotNullCheck() const;
  // Returns the same check as it is while both versions are live.
  schema::Constraint LiveCheck() const;

 private:
  // True when clients can write the new column while both versions are live.
  bool new_side_writes() const { return NewSideWrites(work_, request_); }
  // True when the trigger supplies the old column's default.
  bool MovesOldDefault() const;
  plan::ColumnMotion MakeMotion();
  bool DecidesToMark();
  void NoteUnique();

  TableWork& work_;
  ShadowRequest request_;
  plan::MotionId id_;
  std::vector<IndexMove> index_moves_;
  std::vector<ConstraintMove> constraint_moves_;
};

}  // namespace segue::ops
