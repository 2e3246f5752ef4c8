// The definition of a column in a file, for create_table and add_column.
#pragma once

#include <optional>

#include "base/node.h"
#include "schema/schema.h"

namespace segue::ops {

struct ColumnDefinition {
  schema::Column column;  // its type as written in the file
  bool primary_key = false;
  bool unique = false;
  std::optional<schema::Constraint> check;
  std::optional<schema::Constraint> reference;
};

// Reads every key, or throws Error{kUsage} for it; docs/ has the vocabulary.
ColumnDefinition ParseColumnDefinition(const base::Node& body);

}  // namespace segue::ops
