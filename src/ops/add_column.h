// The keys of add_column (* is required): table*, column*{name*, type*,
// nullable, default, comment}, up, down.
#pragma once

#include <string>
#include <vector>

#include "planning/operation.h"

namespace segue::ops {

struct AddColumnSpec {
  std::string table;
  schema::Column column;  // its type as written
  std::string up;         // empty: not given
  std::string down;       // empty: not given
  // Constraints over the new column: checks, unique, primary key, foreign keys.
  std::vector<schema::Constraint> constraints = {};
};

NewOperation MakeAddColumn(AddColumnSpec spec);
NewOperation ParseAddColumn(const base::Node& body);

// Returns a text such as "Add column 'x' (nullable) to 't'".
std::string AddColumnText(const std::string& table,
                          const schema::Column& column);

}  // namespace segue::ops
