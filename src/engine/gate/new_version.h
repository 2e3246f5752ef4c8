// Which names mean the version that a migration leads to.
#pragma once

#include <string>

#include "ledger/ledger.h"

namespace segue::engine {

inline bool IsNewVersion(const MigrationRow& row, const std::string& name) {
  return name == row.id || (!name.empty() && (name == row.plan.version ||
                                              name == row.plan.version_schema));
}

}  // namespace segue::engine
