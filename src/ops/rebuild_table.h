// The keys of rebuild_table (* is required): table*, storage_parameters,
// tablespace, columns{name: {storage, compression}}, column_order[],
// cluster_by[]; charset, collation and row_format are those of a database that
// has them.
#pragma once

#include <string>
#include <vector>

#include "planning/operation.h"

namespace segue::ops {

struct RebuildTableSpec {
  std::string table;
  plan::TableTraits traits = {};
  std::vector<std::string> column_order = {};  // empty: as it is
  std::vector<std::string> cluster_by = {};    // empty: by the key
  // The keys of the file that no database here has.
  std::vector<std::string> foreign_keys = {};
};

// Reads "fillfactor = 70, autovacuum_enabled = false". Throws Error{kUsage}.
std::vector<plan::TableTraits::Parameter> ParametersOf(const std::string& text);

NewOperation MakeRebuildTable(RebuildTableSpec spec);
NewOperation ParseRebuildTable(const base::Node& body);

}  // namespace segue::ops
