// Finds what the ledger has of a migration that is to be started.
#pragma once

#include <vector>

#include "ledger/ledger.h"
#include "segue/migration.h"

namespace segue::engine {

// Throws Error{kRefused} when the file's text differs from the text that was
// applied.
void RefuseChangedFile(const MigrationRow& row, const Migration& migration);

// The state of a migration in the ledger when it is to be started.
enum class Standing { kFresh, kBegun, kComplete };

struct Found {
  Standing standing = Standing::kFresh;
  // The row in the ledger. For a fresh migration it is the row that will be
  // created, without a plan.
  MigrationRow row;
  // The rows that will be created for migrations that are folded into a fresh
  // one.
  std::vector<MigrationRow> parts = {};
};

// Throws Error{kRefused} when another migration is active, when the file of
// this one or of a part of it was changed since it was begun, and when a part
// was begun by another run. The caller must hold the lease.
Found FindMigration(db::Connection& connection, const Ledger& ledger,
                    const Migration& migration);

}  // namespace segue::engine
