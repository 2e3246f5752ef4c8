// The keys of rename_column (* is required): table*, from*, to*, up, down,
// strategy, column_order.
#pragma once

#include <string>

#include "ops/alter_column.h"
#include "planning/operation.h"
#include "planning/table_work.h"

namespace segue::ops {

struct RenameColumnSpec {
  std::string table;
  std::string from;
  std::string to;
  std::string up;    // empty: values do not change
  std::string down;  // empty: values do not change
  RenameStrategy strategy = RenameStrategy::kByAccess;
  // Counts where values change; a mere rename keeps the order anyway.
  bool keep_order = false;
};

NewOperation MakeRenameColumn(RenameColumnSpec spec);
NewOperation ParseRenameColumn(const base::Node& body);

// Plans the rename of `old`, with its values unchanged, into the steps of
// `work`, and applies the rename to the shape. The caller has claimed `old`.
void PlanRename(TableWork& work, const schema::Column& old,
                const std::string& to, RenameStrategy strategy);

}  // namespace segue::ops
