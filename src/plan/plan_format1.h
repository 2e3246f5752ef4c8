// What stored plans of earlier versions mean: of format 1, and the first ones
// of format 2.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace segue::plan {

// Rewrites the document as format 2. What format 1 said of each action again,
// how a motion's rows are gone through, is said once; neighbours that fit into
// a transaction are a unit; the whole contract is the drop. Throws
// nlohmann::json::exception for what is no plan.
void UpgradeFromFormat1(nlohmann::ordered_json& plan);

// LockNeed::strength of a stored lock that does not say it itself. Only the
// modes of PostgreSQL had one; 0 for any other.
int StrengthOf(std::string_view lock_mode);

}  // namespace segue::plan
