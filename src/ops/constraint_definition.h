// Constraints as a file writes them.
#pragma once

#include <string>

#include "base/node.h"
#include "schema/schema.h"

namespace segue::ops {

// {name*, constraint*, no_inherit} of the column `column`.
schema::Constraint ParseCheck(const base::Node& body,
                              const std::string& column);
// {name*, table*, column*, match_type, on_delete, on_update, deferrable,
// initially_deferred} of the column `column`.
schema::Constraint ParseReference(const base::Node& body,
                                  const std::string& column);
// {name*} of the column `column`.
schema::Constraint ParseUnique(const base::Node& body,
                               const std::string& column);
// An item of create_table's `constraints`.
schema::Constraint ParseConstraint(const base::Node& body);

}  // namespace segue::ops
