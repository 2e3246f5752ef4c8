// A table that a hidden copy takes the place of: what can be copied, and the
// steps from the empty copy to the drop of what the table was.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planning/table_work.h"

namespace segue::ops {

// How the copy differs from the table.
struct CopyRequest {
  plan::TableTraits traits = {};
  std::vector<std::string> columns;  // all of them, in the order of the copy
  // The columns by whose order the rows are copied; empty: the key.
  std::vector<std::string> walk = {};
  std::optional<plan::Partitioning> partitions = {};
};

// Throws Error{kRefused} when a copy cannot take the place of the table: with
// the names of all that would be lost. A partitioned table is copied only with
// `of_partitions`.
void RefuseUncopyable(const TableWork& work, bool of_partitions = false);

// Adds the steps of the copy to `work` and, what must not share a transaction
// with them, to its context. Calls work.Finish().
void PlanTableCopy(TableWork& work, const CopyRequest& request);

}  // namespace segue::ops
