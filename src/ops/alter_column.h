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

enum class RenameStrategy {
  kByAccess,     // in place: a copy; versioned: only a view
  kMetadata,     // only the rename, at the contract
  kFillInPlace,  // a copy that is kept in step
};

struct AlterColumnSpec {
  std::string operation = "alter_column";  // its name in messages
  std::string table;
  std::string column;
  ColumnChange change;
  std::optional<std::string> comment;  // empty text: remove it
  // Checks, unique constraints and foreign keys over the altered column.
  std::vector<schema::Constraint> constraints;
  bool keep_order = false;  // refused where the column would come last
  // Of a rename; alter_column itself has no such key.
  RenameStrategy strategy = RenameStrategy::kByAccess;
};

NewOperation MakeAlterColumn(AlterColumnSpec spec);
NewOperation ParseAlterColumn(const base::Node& body);

}  // namespace segue::ops
