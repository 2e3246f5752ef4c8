// The decisions about a motion on one table, made before its steps are written.
// The motion keeps a new column beside an old one, or beside the columns that
// the new one is derived from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planning/constraint_move.h"
#include "planning/index_move.h"
#include "planning/table_work.h"

namespace segue::ops {

enum class Keeps {
  kOld,   // a rename: the old column has every index and grant
  kNew,   // a change of type: the new one takes its place
  kBoth,  // an added column that is derived from others
};

struct ShadowRequest {
  // The column as it is in the database. nullopt when the new column is derived
  // from several columns, or from none, so that nothing is written back.
  std::optional<schema::Column> old_column;
  // The new column as the new version sees it, and as it will be after the
  // contract.
  schema::Column target;
  // The new column's name in the database until the contract.
  std::string physical;
  plan::Expression up;
  plan::Expression down;
  Keeps keeps = Keeps::kNew;
  // True when the new column exists already, nullable and without a default;
  // see plan::ColumnMotion::new_was_there.
  bool existing = false;
  // A constraint of the old column that the new column does not get.
  std::string leaving;
  // True when the new column has a default of its own instead of the old one's.
  bool own_default = false;
};

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

  // True when the new column has a temporary name until the contract.
  bool hidden() const { return request_.physical != request_.target.name; }
  // True when a check must prove that the new column has a value in each row,
  // because the contract makes the column NOT NULL.
  bool needs_check() const;
  // Returns the target with the place where the new version finds it until the
  // contract.
  schema::Column Shape() const;
  // Returns the new column as it is until the contract.
  schema::Column Added() const;
  schema::Column Provenance() const;
  // Returns the old column as it is while both versions are live.
  schema::Column PreparedOld() const;
  schema::Constraint NotNullCheck() const;
  // Returns the same check as it is while both versions are live.
  schema::Constraint LiveCheck() const;

 private:
  // True when clients can write the new column while both versions are live.
  bool new_side_writes() const { return !hidden() || work_.versioned(); }
  void RefuseUnknowableDefault() const;
  void RefuseUniqueDefault() const;
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
