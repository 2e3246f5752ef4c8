// The published versions of a schema after their migration: who uses them, and
// how they are taken away.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "segue/database.h"
#include "segue/migrator.h"

namespace segue {

// The use of the version that the active migration has published.
struct VersionUse {
  std::string migration;
  std::string version_schema;  // empty: it has access in place
  bool rolling_back = false;
  // Who is seen to use it: instances that are registered, roles that were made
  // for it, and sessions where the database can tell.
  std::vector<std::string> users = {};
};

// Every method throws segue::Error as the methods of Migrator do. An object is
// not thread-safe.
class Versions {
 public:
  // `database` must outlive this object and stays with the caller.
  Versions(Database& database, MigratorOptions options);
  ~Versions();
  Versions(const Versions&) = delete;
  Versions& operator=(const Versions&) = delete;

  // Takes a live version away, under the lease: its clients fail from then on.
  // The last version stays published until the next one retires it, or this
  // does. Where its names would mean the tables of the base schema otherwise,
  // views stay that refuse, until Forget. Cannot be undone. Throws kNotFound
  // for a version that is not live, and kRefused while a migration is active,
  // when something in the database depends on the version, and while live
  // instances, roles or sessions of it are seen, each by its name. With a
  // reason it goes on over these, and the history keeps them and the reason.
  void Retire(const std::string& version, const std::string& force_reason = "");
  // Does the same and leaves nothing: its clients see the base schema from then
  // on where their path has it.
  void Unpublish(const std::string& version,
                 const std::string& force_reason = "");
  // Removes what a retired version has left, and takes it off the list. Throws
  // kNotFound for a version that is not retired.
  void Forget(const std::string& version);
  // Says who uses the version of the active migration; nullopt when none is
  // active. It reads no table but the ledger's, so that no lock is waited for.
  std::optional<VersionUse> Use();

 private:
  void TakeAway(const std::string& version, bool leaves_refusal,
                const std::string& force_reason);
  std::unique_ptr<engine::Context> context_;
};

}  // namespace segue
