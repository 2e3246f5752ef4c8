// The published versions of a schema: how applications reach them, who uses
// them, and how they are taken away.
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

// How an application reaches a version, or the base schema.
struct VersionAccess {
  std::string version_schema;  // empty: the base schema
  // Where its sessions find names, in order, as PostgreSQL writes it; empty:
  // they need no setting, or the database has none for it.
  std::string search_path;
  std::string url;                 // as Versions::UrlFor returns it
  std::string plain_url;           // of the database, without the version
  std::vector<std::string> roles;  // made by Versions::MakeRole
};

struct VersionRole {
  std::string role;
  std::string version_schema;
  std::vector<std::string> applied;  // statements
};

struct RefreshReport {
  std::vector<std::string> applied;  // statements; empty: all was in step
  // What segue does not decide, in the words of MigrationStatus::grants.
  std::vector<std::string> left;
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

  // Returns the published versions, live and retired. Takes no lease and
  // changes nothing. Throws kNotFound when there is no such schema.
  std::vector<VersionInfo> List();
  // Makes the views of a live version follow the privileges of its tables, and
  // the columns of the active migration those of the columns that they stand
  // for, under the lease. An empty name means every live version. Throws
  // kNotFound for a version that is not live, and kRefused when a privilege
  // cannot be made to follow; then nothing has changed.
  RefreshReport Refresh(const std::string& version);

  // Returns the URL with which an application sees a version. `version` is a
  // name, "latest", or empty for the base schema. The URL contains the password
  // if the URL of the database does. Throws kNotFound for a version that is not
  // live, and for "latest" when no version is, or while one is about to be
  // published.
  std::string UrlFor(const std::string& version);
  // Returns what UrlFor and other ways to reach the version consist of. Throws
  // as UrlFor does.
  VersionAccess AccessTo(const std::string& version);
  // Makes a role with which an application logs in and sees the version, with
  // the rights of `base_role`; when that is empty, of the role that is logged
  // in. A role that was made so before sees the version from its next session
  // on. Throws kNotFound as UrlFor does, kUsage for the base schema, and
  // kRefused when there is another role of that name, when the base role is a
  // superuser, and when our role may not make roles; the hint then has the
  // statements.
  VersionRole MakeRole(const std::string& role, const std::string& version,
                       const std::string& base_role);
  // Returns SQL that makes a session see the version when it was not opened
  // with that URL; the SQL is safe to repeat. Throws kNotFound as UrlFor does,
  // and kUsage for the base schema, which needs no SQL.
  std::string SessionSqlFor(const std::string& version);

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
