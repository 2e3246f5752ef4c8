// Pre-flight checks: what would go wrong on this database, found before
// anything is changed. Each looks at values only and reports all it finds.
#pragma once

#include <string>
#include <vector>

#include "planning/operation.h"
#include "schema/schema.h"
#include "segue/plan.h"

namespace segue::checks {

struct CheckContext {
  const schema::Schema& schema;  // as it is
  const std::vector<ops::DraftStep>& steps;
  const plan::Motions& motions;  // that the steps' actions name
  const db::Capabilities& capabilities;
};

using Check = std::vector<Finding> (*)(const CheckContext&);

struct CheckEntry {
  const char* name;
  Check run;
};

// The table of checks, in the order in which they run.
const std::vector<CheckEntry>& Registry();

// All findings of all checks.
std::vector<Finding> RunAll(const CheckContext& context);

// A table that exists already, and the operation that first comes to it.
struct FoundTable {
  const schema::Table* table = nullptr;
  Source source;
};

// Those that the steps change; each once.
std::vector<FoundTable> TouchedTables(const CheckContext& context);
// Those of them whose rows are moved.
std::vector<FoundTable> MovedTables(const CheckContext& context);

}  // namespace segue::checks
