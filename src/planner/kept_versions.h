// Earlier versions that are asked to live on after a contract.
#pragma once

#include <string>
#include <vector>

#include "db/dialect.h"
#include "db/shown_columns.h"
#include "planning/operation.h"
#include "segue/plan.h"

namespace segue::engine {

struct KeptVersion {
  std::string version_schema;
  std::vector<db::ShownColumn> shown = {};
};

// Reads what these versions show. Throws Error{kRefused} where the views of a
// version do not follow what becomes of its tables.
std::vector<KeptVersion> ReadKept(const db::Dialect& dialect,
                                  db::Connection& connection,
                                  const std::string& schema_name,
                                  const std::vector<std::string>& versions);

// Throws Error{kRefused}, which names each version that could not be used any
// more after the contract, and what it lacks: a column that it shows is not
// stored any more, or not with its type, or its INSERTs would give a column no
// value. All operations have planned by then.
void RefuseUnkept(const std::vector<KeptVersion>& kept,
                  const ops::PlanContext& context);

}  // namespace segue::engine
