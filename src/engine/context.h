// The context of every command of a Migrator: the database, the options and the
// ledger.
#pragma once

#include <chrono>

#include "ledger/ledger.h"
#include "segue/database.h"
#include "segue/migration.h"
#include "segue/migrator.h"

namespace segue::engine {

struct Context {
  // `database` must outlive the context.
  Context(Database& database, MigratorOptions options);

  db::Connection& connection() const { return database.connection(); }
  std::chrono::milliseconds LockBudget() const;

  // Takes over how the file of this migration says that its rows are to be
  // moved. The file outranks the options that were given for all migrations.
  void Adopt(const Migration& migration);

  // Returns the active migration. Throws Error{kNotFound} when there is none,
  // and kRefused when somebody else may have written it: whoever asks for it
  // runs what it holds, or writes it.
  MigrationRow RequireActive() const;
  // Returns the migration that a command is about: the active one, or the one
  // that is named, which may be over in this phase. Throws as RequireActive and
  // FindNamed do, and kRefused when the named one has ended otherwise.
  MigrationRow Require(const std::string& named, Phase end) const;
  // True when what the ledger holds may be run.
  bool TrustsLedger() const;
  // Returns the active migration, otherwise the one that was changed last;
  // nullopt when the ledger has none.
  std::optional<MigrationRow> ActiveOrNewest() const;
  // Throws Error{kNotFound} when the schema is not there.
  void RequireSchema() const;

  Database& database;
  MigratorOptions options;  // `given`, overridden by the migration's file
  const MigratorOptions given;
  const Ledger ledger;
};

}  // namespace segue::engine
