// rename_column: table*, from*, to*, up, down, strategy.
#pragma once

#include <string>

#include "planning/operation.h"
#include "planning/table_work.h"

namespace segue::ops {

enum class RenameStrategy {
  kByAccess,     // in place: a copy kept in step; versioned: only a view
  kMetadata,     // just the rename, at the contract
  kFillInPlace,  // the copy
};

struct RenameColumnSpec {
  std::string table;
  std::string from;
  std::string to;
  std::string up;    // empty: the values stay as they are
  std::string down;  // empty: likewise
  RenameStrategy strategy = RenameStrategy::kByAccess;
};

NewOperation MakeRenameColumn(RenameColumnSpec spec);
NewOperation ParseRenameColumn(const base::Node& body);

// Plans the rename of `old` with its values as they are into the steps of
// `work` and applies it to its shape. `old` has been taken.
void PlanRename(TableWork& work, const schema::Column& old,
                const std::string& to, RenameStrategy strategy);

}  // namespace segue::ops
