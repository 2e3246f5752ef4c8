// What the ledger knows of a migration that is to be started.
#pragma once

#include <vector>

#include "ledger/ledger.h"
#include "segue/migration.h"

namespace segue::engine {

// Throws Error{kRefused} unless the file is the text that was applied.
void RefuseChangedFile(const MigrationRow& row, const Migration& migration);

enum class Standing { kFresh, kBegun, kComplete };

struct Found {
  Standing standing = Standing::kFresh;
  // As the ledger has it; for a fresh one, as it will be created, without plan.
  MigrationRow row;
  // Rows for the migrations that are folded into a fresh one.
  std::vector<MigrationRow> parts = {};
};

// Throws Error{kRefused} when another migration is active, when this one or a
// part of it was changed since it was begun, and when a part was begun by
// another run. The caller holds the lease.
Found FindMigration(db::Connection& connection, const Ledger& ledger,
                    const Migration& migration);

}  // namespace segue::engine
