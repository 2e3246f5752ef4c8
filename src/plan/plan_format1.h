// Reads plans that earlier versions have stored: those of format 1, and the
// first ones of format 2.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace segue::plan {

// Rewrites the document as format 2. Format 1 repeated the walks of a motion in
// each of its actions; format 2 has them once. Neighbours that fit into one
// transaction become a unit, and the whole contract becomes the drop. Throws
// nlohmann::json::exception for a document that is no plan.
void UpgradeFromFormat1(nlohmann::ordered_json& plan);

// Returns the strength of a stored lock that does not have one. Only the modes
// of PostgreSQL had a strength; the result is 0 for any other.
int StrengthOf(std::string_view lock_mode);

}  // namespace segue::plan
