// The keys of create_table (* is required): name*, columns*[column],
// constraints[constraint], comment.
#pragma once

#include <string>
#include <vector>

#include "ops/column_definition.h"
#include "planning/operation.h"

namespace segue::ops {

struct CreateTableSpec {
  std::string name;
  std::vector<ColumnDefinition> columns;
  std::vector<schema::Constraint> constraints;
  std::string comment;  // empty: none
};

NewOperation MakeCreateTable(CreateTableSpec spec);
NewOperation ParseCreateTable(const base::Node& body);

}  // namespace segue::ops
