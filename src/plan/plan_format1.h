// Stored plans of format 1, as segue wrote them up to 0.1.0.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace segue::plan {

// Rewrites the document as format 2. What format 1 said of each action again,
// how a motion's rows are gone through, is said once; neighbours that fit into
// a transaction are a unit; the whole contract is the drop. Throws
// nlohmann::json::exception for what is no plan.
void UpgradeFromFormat1(nlohmann::ordered_json& plan);

}  // namespace segue::plan
