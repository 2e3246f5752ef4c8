// Executes the node's messages as migrations, with the plans, the ledger and
// the triggers of `segue start`. It keeps nothing in memory: version and phase
// are read from the ledger, so a restart changes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "schema/schema.h"
#include "segue/migrator.h"

namespace segue::node {

struct SchemaState {
  // The number of times that the schema has moved forward. Each migration
  // counts once when both of its versions are live or it is complete, and once
  // more when its contract is complete.
  std::int64_t version = 0;
  std::string schema;                     // "users (name, full_name NULL)"
  std::optional<MigrationStatus> status;  // active, or the last one
};

// Every method throws segue::Error, and then either nothing has changed or the
// migration can be resumed.
class SchemaSteps {
 public:
  // `database` must outlive this object.
  SchemaSteps(Database& database, MigratorOptions options)
      : database_(database), options_(std::move(options)) {}

  // Adds a column, unless it exists already. An empty `type` means TEXT.
  void Expand(const std::string& table, const std::string& column,
              const std::string& type);
  // Adds the column `to` first if it does not exist. Returns the number of
  // moved rows.
  std::int64_t MigrateData(const std::string& table, const std::string& from,
                           const std::string& to, const std::string& type);
  void Contract(const std::string& table, const std::string& column);
  // Returns the name of the migration that was undone.
  std::string Rollback();
  // Starts all pending migrations, and returns their names.
  std::vector<std::string> Migrate(std::vector<Migration> files);

  std::int64_t Version();
  // Throws Error{kNotFound} when there is no such table.
  SchemaState State(const std::string& table);

 private:
  schema::Table Inspect(const std::string& table);
  std::optional<MigrationStatus> Active();
  void RefuseActive(const std::optional<MigrationStatus>& active) const;
  void RefuseOldInstances(const MigrationStatus& active);
  Outcome Run(const std::optional<MigrationStatus>& active,
              const std::string& name, Migration migration);

  Database& database_;
  const MigratorOptions options_;
};

}  // namespace segue::node
