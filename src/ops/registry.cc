#include "ops/registry.h"

#include <fmt/format.h>

#include "ops/add_column.h"
#include "ops/alter_column.h"
#include "ops/change_primary_key.h"
#include "ops/create_constraint.h"
#include "ops/create_index.h"
#include "ops/create_table.h"
#include "ops/drop_column.h"
#include "ops/drop_constraint.h"
#include "ops/drop_index.h"
#include "ops/drop_table.h"
#include "ops/merge_tables.h"
#include "ops/move_column.h"
#include "ops/partition_table.h"
#include "ops/reader.h"
#include "ops/rebuild_table.h"
#include "ops/rename_column.h"
#include "ops/rename_constraint.h"
#include "ops/rename_table.h"
#include "ops/set_replica_identity.h"
#include "ops/split_table.h"
#include "ops/sql.h"
#include "ops/unpartition_table.h"

namespace segue::ops {
const std::vector<RegistryEntry>& Registry() {
  static const std::vector<RegistryEntry> kEntries = {
      {"add_column", ParseAddColumn},
      {"alter_column", ParseAlterColumn},
      {"change_primary_key", ParseChangePrimaryKey},
      {"create_constraint", ParseCreateConstraint},
      {"create_index", ParseCreateIndex},
      {"create_table", ParseCreateTable},
      {"drop_column", ParseDropColumn},
      {"drop_constraint", ParseDropConstraint},
      {"drop_index", ParseDropIndex},
      {"drop_multicolumn_constraint", ParseDropMulticolumnConstraint},
      {"drop_table", ParseDropTable},
      {"merge_tables", ParseMergeTables},
      {"move_column", ParseMoveColumn},
      {"partition_table", ParsePartitionTable},
      {"rebuild_table", ParseRebuildTable},
      {"rename_column", ParseRenameColumn},
      {"rename_constraint", ParseRenameConstraint},
      {"rename_table", ParseRenameTable},
      {"set_replica_identity", ParseSetReplicaIdentity},
      {"split_table", ParseSplitTable},
      {"sql", ParseSql},
      {"unpartition_table", ParseUnpartitionTable},
  };
  return kEntries;
}

NewOperation ParseOperation(const std::string& name, const base::Node& body) {
  std::vector<std::string> names;
  for (const RegistryEntry& entry : Registry()) {
    if (name == entry.name) return entry.parse(body);
    names.emplace_back(entry.name);
  }
  throw UsageError(body, fmt::format("unknown operation '{}'{}", name,
                                     NearestSuffix(name, names)));
}

}  // namespace segue::ops
