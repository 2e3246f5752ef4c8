// A column as a file writes it: in create_table and add_column.
#pragma once

#include <optional>

#include "base/node.h"
#include "schema/schema.h"

namespace segue::ops {

struct ColumnDefinition {
  schema::Column column;  // its type as the file says it
  bool primary_key = false;
  bool unique = false;
  std::optional<schema::Constraint> check;
  std::optional<schema::Constraint> reference;
};

// Every key is read or refused; the vocabulary is in docs/.
ColumnDefinition ParseColumnDefinition(const base::Node& body);

}  // namespace segue::ops
