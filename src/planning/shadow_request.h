// What an operation asks of a motion on one table (shadow.h), and what an
// INSERT that leaves a column out means for it (left_out.cc).
#pragma once

#include <optional>
#include <string>

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
  // True when `up` and `down` only convert between the types.
  bool only_converts = false;
  // The foreign keys over a column that changes together with those that they
  // tie it to (key_change.h), which look after the column's indexes and its
  // sequence, too. nullopt for a column that changes alone.
  std::optional<std::vector<std::string>> tied_by = {};
  // See plan::ColumnMotion::lookup.
  std::optional<plan::Lookup> lookup = {};
};

// True when clients can write the new column while both versions are live.
bool NewSideWrites(const TableWork& work, const ShadowRequest& request);

// True when the column gets a value, which is the same each time, in a row that
// leaves it out.
bool HasConstantDefault(const schema::Column& column);

// Learns what the target's type gives to a row that leaves the column out.
// Throws Error{kRefused} when a side would hold NULL and its type refuses that,
// or when no trigger could tell a given value from one that was left out.
void PrepareLeftOut(TableWork& work, ShadowRequest& request);

// True when the new column can have its default while both versions are live,
// so that whatever differs from the default was given.
bool HasLiveDefault(const TableWork& work, const ShadowRequest& request);

// Says in the plan what is accepted until the contract and refused from then
// on.
void NoteLeftOut(TableWork& work, const ShadowRequest& request);

}  // namespace segue::ops
