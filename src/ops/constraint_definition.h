// The definitions of constraints in a file.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/node.h"
#include "ops/reader.h"
#include "schema/schema.h"

namespace segue::ops {

// Parses {name*, constraint*, no_inherit} of the column `column`.
schema::Constraint ParseCheck(const base::Node& body,
                              const std::string& column);
// Parses {name*, table*, column (else the primary key), match_type, on_delete,
// on_update, deferrable, initially_deferred} of the column `column`.
schema::Constraint ParseReference(const base::Node& body,
                                  const std::string& column);
// Parses {name*} of the column `column`.
schema::Constraint ParseUnique(const base::Node& body,
                               const std::string& column);
// Parses an item of create_table's `constraints`.
schema::Constraint ParseConstraint(const base::Node& body);

// Returns a unique constraint or a primary key over the columns.
schema::Constraint Keyed(schema::ConstraintKind kind, std::string name,
                         std::vector<std::string> columns);

// For an operation that has other keys besides those of a constraint: `reader`
// reads `body` and knows ConstraintKeys().
const std::vector<std::string>& ConstraintKeys();
schema::Constraint ReadConstraint(const base::Node& body, const Reader& reader);

// Reads `key` of `body`, a map of columns and expressions; empty when it is
// absent.
std::map<std::string, std::string> ReadExpressions(const base::Node& body,
                                                   const std::string& key);

}  // namespace segue::ops
