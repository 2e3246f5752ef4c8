// What the node's messages do to the schema, as migrations: the same plans,
// ledger and triggers as `segue start`. Keeps nothing in memory: version and
// phase are read from the ledger, so that a restart changes nothing.
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
  // How often the schema has moved forward: each migration counts when both
  // its versions are live, or it is complete, and again when its contract is.
  std::int64_t version = 0;
  std::string schema;                     // "users (name, full_name NULL)"
  std::optional<MigrationStatus> status;  // the active migration or the last
};

// All throw segue::Error; then nothing has changed, or it is resumable.
class SchemaSteps {
 public:
  // `database` must outlive it.
  SchemaSteps(Database& database, MigratorOptions options)
      : database_(database), options_(std::move(options)) {}

  // `type` may be empty: TEXT. A column that is there already is not added.
  void Expand(const std::string& table, const std::string& column,
              const std::string& type);
  // Adds `to` first where it is missing; answers the number of rows moved.
  std::int64_t MigrateData(const std::string& table, const std::string& from,
                           const std::string& to, const std::string& type);
  void Contract(const std::string& table, const std::string& column);
  // Answers the name of what was undone.
  std::string Rollback();
  // Starts all pending ones; answers their names.
  std::vector<std::string> Migrate(std::vector<Migration> files);

  std::int64_t Version();
  // Throws kNotFound when there is no such table.
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
