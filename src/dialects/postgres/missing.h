// SELECTs for PlannedAction::missing.
#pragma once

#include <string>
#include <vector>

#include "schema/schema.h"

namespace segue::postgres {

// `what`, as "column 'x' of 't'", is gone unless the probe holds.
std::string GoneUnless(const std::string& probe, const std::string& what);

// Triggers and what they need.
struct Installed {
  schema::TableName table;
  std::vector<std::string> triggers;
  std::vector<std::string> columns;
  std::vector<std::string> functions;  // qualified and quoted
  std::vector<schema::TableName> partitions = {};
};
// A trigger that is turned off is missing, too, also on one partition only. A
// partition that was detached loses its triggers and keeps the columns. The
// second column is 1 for what has kept rows out of step since it came, and 2
// for what is there under another name, so that an undo would not find it.
std::string MissingOf(const Installed& installed);

// Views of a schema of a version.
std::string MissingViews(const std::string& version,
                         const std::vector<std::string>& views);

}  // namespace segue::postgres
