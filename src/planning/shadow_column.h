// The shared planning of a motion on one table: a new column beside an old one
// (or beside the columns it is derived from), kept in step by triggers, filled,
// verified, and one of the two taken away at the contract.
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

// Adds actions to the steps of `work`; describing them is up to the operation.
// Throws Error{kRefused} from the constructor when the old column cannot be
// kept in step.
class ShadowColumn {
 public:
  ShadowColumn(TableWork& work, ShadowRequest request);

  void Expand();
  void Migrate();
  // Apart only where the triggers of several read each other's columns: those
  // come after all columns, and go before any.
  void AddColumns();
  void StartSync();
  void StopSync();
  void Contract();

  const std::string& provenance() const { return motion().provenance; }
  // Where the new version finds the column: the target, stored elsewhere.
  schema::Column Shape() const;

 private:
  bool hidden() const { return request_.physical != request_.target.name; }
  // Clients can write the new column while both versions live.
  bool new_side_writes() const { return !hidden() || work_.versioned(); }
  bool needs_check() const;
  const plan::ColumnMotion& motion() const {
    return work_.context().motions.Column(id_);
  }
  schema::Constraint NotNullCheck() const;
  schema::Constraint LiveCheck() const;
  schema::Column Added() const;
  schema::Column Provenance() const;
  schema::Column PreparedOld() const;
  void RefuseUnknowableDefault() const;
  void RefuseUniqueDefault() const;
  plan::ColumnMotion MakeMotion();
  void NoteUnique();
  bool DecidesToMark();
  void StopMarking();
  void AlterIfDifferent(Place place, const schema::Column& before,
                        const schema::Column& after);
  void ContractKeepingOld();
  void ContractKeepingNew();
  void ContractKeepingBoth();
  void ReplaceOld();
  void DropOldIndexes();
  void DropOldConstraints();
  void FinishNew();
  void NameIndexes();
  void NameConstraints();

  TableWork& work_;
  ShadowRequest request_;
  plan::MotionId id_;
  std::vector<IndexMove> moves_;
  std::vector<ConstraintMove> constraint_moves_;
  bool stopped_ = false;
  bool marking_stopped_ = false;
};

}  // namespace segue::ops
