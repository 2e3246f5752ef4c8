// Pre-flight checks find what would go wrong on this database before anything
// is changed. Each check looks at values only, but for what only the server
// knows, and returns everything that it finds.
#pragma once

#include <string>
#include <vector>

#include "planning/operation.h"
#include "schema/schema.h"
#include "segue/plan.h"

namespace segue::checks {

struct CheckContext {
  const schema::Schema& schema;  // in the database, before the migration
  const std::vector<ops::DraftStep>& steps;
  const plan::Motions& motions;  // named by the steps' actions
  const db::Capabilities& capabilities;
  ops::Inquiry& inquiry;  // for what only the server knows
  // What the database itself knows is asked of it; nullptr: it is not asked.
  const db::Language* language = nullptr;
};

using Check = std::vector<Finding> (*)(const CheckContext&);

struct CheckEntry {
  const char* name;
  Check run;
};

// Returns the table of checks, in the order in which they run.
const std::vector<CheckEntry>& Registry();

// Returns all findings of all checks.
std::vector<Finding> RunAll(const CheckContext& context);

// A table that exists already, and the first operation that works on it.
struct FoundTable {
  const schema::Table* table = nullptr;
  Source source;
};

// Returns the existing tables that the steps change, each once.
std::vector<FoundTable> TouchedTables(const CheckContext& context);
// Returns those of them whose columns or name change, and those that go.
std::vector<FoundTable> ReshapedTables(const CheckContext& context);
// Returns those of them whose rows are moved.
std::vector<FoundTable> MovedTables(const CheckContext& context);

}  // namespace segue::checks
