// The keys of create_constraint (* is required): table*, name*, type*, columns,
// check, no_inherit, references, index_parameters, exclude, up, down.
#pragma once

#include <map>
#include <string>

#include "planning/operation.h"

namespace segue::ops {

struct CreateConstraintSpec {
  std::string table;
  schema::Constraint constraint;
  // The new values of existing rows, by column. A column that is not named
  // keeps its values.
  std::map<std::string, std::string> up;
  std::map<std::string, std::string> down;
};

NewOperation MakeCreateConstraint(CreateConstraintSpec spec);
NewOperation ParseCreateConstraint(const base::Node& body);

}  // namespace segue::ops
