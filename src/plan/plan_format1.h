// What stored plans of earlier versions mean: of format 1, and the first ones
// of format 2.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace segue::plan {

// Rewrites the document as format 2. Format 1 repeated the walks of a motion in
// each of its actions; format 2 has them once. Neighbours that fit into one
// transaction become a unit, and the whole contract becomes the drop. Throws
// nlohmann::json::exception for a document that is no plan.
void UpgradeFromFormat1(nlohmann::ordered_json& plan);

// LockNeed::strength of a stored lock that does not say it itself. Only the
// modes of PostgreSQL had one; 0 for any other.
int StrengthOf(std::string_view lock_mode);

}  // namespace segue::plan
