// What is decided about a motion on one table before its steps are written: a
// new column beside an old one, or beside the columns it is derived from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planning/constraint_move.h"
#include "planning/index_move.h"
#include "planning/table_work.h"

namespace segue::ops {

enum class Keeps {
  kOld,   // a rename: the old column has every index and grant already
  kNew,   // a change of type: the new one takes the old one's place
  kBoth,  // an added column that is derived from others
};

struct ShadowRequest {
  // As it is in the database; nullopt: the new column is derived from several
  // columns, or from none, and nothing is written back.
  std::optional<schema::Column> old_column;
  // As the new version sees it and as it will be after the contract.
  schema::Column target;
  // Its name in the database until then.
  std::string physical;
  plan::Expression up;
  plan::Expression down;
  Keeps keeps = Keeps::kNew;
  // It is there already, nullable and without default: see
  // plan::ColumnMotion::new_was_there.
  bool existing = false;
  // A constraint of the old column that the new one does not get.
  std::string leaving;
  // The new column has a default of its own, not the old one's.
  bool own_default = false;
};

// The columns, checks and copies that there are from the expand step to the
// drop. Deciding claims what it needs and adds the motion to the plan.
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

  // The new column has a name of ours until the contract.
  bool hidden() const { return request_.physical != request_.target.name; }
  // A check proves that the new column has a value in each row, because the
  // contract makes it NOT NULL.
  bool needs_check() const;
  // Where the new version finds the column: the target, stored elsewhere.
  schema::Column Shape() const;
  // The new column until the contract.
  schema::Column Added() const;
  schema::Column Provenance() const;
  // The old column while both versions live.
  schema::Column PreparedOld() const;
  schema::Constraint NotNullCheck() const;
  // The same check while both versions live.
  schema::Constraint LiveCheck() const;

 private:
  // Clients can write the new column while both versions live.
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
