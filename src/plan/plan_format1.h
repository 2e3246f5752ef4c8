// Stored plans of format 1, as segue wrote them up to 0.1.0.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace segue::plan {

// Rewrites the document as format 2. Format 1 repeated the walks of a motion in
// each of its actions; format 2 has them once. Neighbours that fit into one
// transaction become a unit, and the whole contract becomes the drop. Throws
// nlohmann::json::exception for a document that is no plan.
void UpgradeFromFormat1(nlohmann::ordered_json& plan);

}  // namespace segue::plan
