// The keys of alter_column (* is required): table*, column*, up, down, and at
// least one of type, nullable, default, comment, name, check, unique,
// references. null_visible: true goes with nullable: true and without down.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planning/operation.h"
#include "segue/migration.h"

namespace segue::ops {

struct AlterColumnSpec {
  std::string operation = "alter_column";  // its name in messages
  std::string table;
  std::string column;
  ColumnChange change;
  std::optional<std::string> comment;  // empty text: remove it
  // Checks, unique constraints and foreign keys over the altered column.
  std::vector<schema::Constraint> constraints;
  bool keep_order = false;  // refused where the column would come last
};

NewOperation MakeAlterColumn(AlterColumnSpec spec);
NewOperation ParseAlterColumn(const base::Node& body);

}  // namespace segue::ops
