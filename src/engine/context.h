// What a Migrator works with, whatever it is asked to do.
#pragma once

#include <chrono>

#include "ledger/ledger.h"
#include "segue/database.h"
#include "segue/migration.h"
#include "segue/migrator.h"

namespace segue::engine {

struct Context {
  // `database` must outlive it.
  Context(Database& database, MigratorOptions options);

  db::Connection& connection() const { return database.connection(); }
  std::chrono::milliseconds LockBudget() const;

  // How a file says that its rows are to be moved outranks what was given for
  // all migrations.
  void Adopt(const Migration& migration);

  // The active migration; throws Error{kNotFound}.
  MigrationRow RequireActive() const;
  // The active migration, else the one touched last; nullopt: there is none.
  std::optional<MigrationRow> ActiveOrNewest() const;
  // Throws Error{kNotFound} when the schema is not there.
  void RequireSchema() const;

  Database& database;
  MigratorOptions options;  // with what the migration asks for
  const MigratorOptions given;
  const Ledger ledger;
};

}  // namespace segue::engine
