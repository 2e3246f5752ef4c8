// Published versions, and how an application reaches one.
#include "ledger/versions.h"

#include <algorithm>

#include "base/text.h"
#include "engine/context.h"
#include "engine/grants.h"
#include "engine/path_text.h"
#include "engine/version_users.h"
#include "ledger/lease.h"
#include "segue/error.h"
#include "segue/migrator.h"

namespace segue {
namespace {

// An empty name means the base schema.
std::string VersionSchemaOf(Migrator& migrator, const std::string& version) {
  std::string version_schema;
  bool found = version.empty();
  const auto status = migrator.Status();
  const bool awaited = status && status->is_active() &&
                       !status->version_schema.empty() &&
                       status->sub_state != SubState::kReady &&
                       status->phase != Phase::kContracting;
  const bool goes_back = status && status->is_active() &&
                         !status->version_schema.empty() &&
                         status->sub_state == SubState::kRollingBack;
  if (goes_back && (version == "latest" || version == status->version_schema)) {
    throw Error(ErrorKind::kNotFound,
                "version '" + status->version_schema + "' is rolling back")
        .WithHint("'segue rollback' finishes that");
  }
  if (version == "latest" && awaited) {
    throw Error(ErrorKind::kNotFound,
                "version '" + status->version_schema + "' is not published yet")
        .WithHint("it is as soon as 'segue status' says ready");
  }
  for (const VersionInfo& info : migrator.Versions()) {
    const bool named = info.name == version || info.version_schema == version;
    if (info.state == "live" &&
        (named || (version == "latest" && info.latest))) {
      version_schema = info.version_schema;
      found = true;
    }
  }
  if (!found) {
    throw Error(ErrorKind::kNotFound,
                version == "latest"
                    ? "no version is published"
                    : "no live version is called '" + version + "'")
        .WithHint("'segue versions' lists them");
  }
  return version_schema;
}

}  // namespace

std::vector<VersionInfo> Migrator::Versions() {
  std::vector<VersionInfo> versions;
  if (context_->ledger.Open(context_->connection())) {
    versions = engine::VersionsNow(*context_);
  }
  if (versions.empty()) context_->RequireSchema();
  return versions;
}

std::string Migrator::UrlFor(const std::string& version) {
  return AccessTo(version).url;
}

VersionAccess Migrator::AccessTo(const std::string& version) {
  const Database& database = context_->database;
  const db::Dialect& dialect = database.dialect();
  VersionAccess access;
  access.version_schema = VersionSchemaOf(*this, version);
  const std::vector<std::string> path = dialect.VersionPath(
      context_->connection(), database.schema(), access.version_schema);
  access.search_path = engine::PathText(dialect, path);
  access.url = dialect.VersionUrl(database.url(), access.version_schema, path);
  access.plain_url = dialect.VersionUrl(database.url(), "", {});
  if (access.version_schema.empty()) return access;
  for (const db::LoginRole& role :
       dialect.LoginRoles(context_->connection(), database.schema())) {
    if (role.version_schema == access.version_schema) {
      access.roles.push_back(role.name);
    }
  }
  return access;
}

VersionRole Migrator::MakeVersionRole(const std::string& role,
                                      const std::string& version,
                                      const std::string& base_role) {
  db::Connection& connection = context_->connection();
  VersionRole made{role, VersionSchemaOf(*this, version), {}};
  if (made.version_schema.empty()) {
    throw Error(ErrorKind::kUsage,
                "the base schema needs no role of its own; name a published "
                "version")
        .WithHint("'segue versions' lists them");
  }
  made.applied = context_->database.dialect().LoginRoleSql(
      connection,
      {role, base_role, context_->database.schema(), made.version_schema});
  try {
    db::Transaction transaction(connection,
                                {db::Purpose::kSchema, context_->LockBudget()});
    for (const std::string& sql : made.applied) connection.Execute(sql);
    transaction.Commit();
  } catch (Error& error) {
    if (error.kind() != ErrorKind::kRefused) throw;
    throw Error(ErrorKind::kRefused, error.what())
        .WithCode(error.native_code())
        .WithHint("somebody who may make roles runs this in the database: " +
                  base::Join(made.applied, "; "));
  }
  return made;
}

std::string Migrator::SessionSqlFor(const std::string& version) {
  const std::string version_schema = VersionSchemaOf(*this, version);
  if (version_schema.empty()) {
    throw Error(ErrorKind::kUsage,
                "the base schema needs no SQL; name a published version")
        .WithHint("'segue versions' lists them");
  }
  const Database& database = context_->database;
  return database.dialect().VersionSessionSql(
      context_->connection(), database.schema(), version_schema);
}

RefreshReport Migrator::RefreshVersions(const std::string& version) {
  db::Connection& connection = context_->connection();
  std::optional<engine::MigrationRow> active;
  std::vector<std::string> versions;
  if (context_->ledger.Open(connection, db::LedgerUse::kRun)) {
    active = context_->ledger.Active(connection);
    versions = version.empty()
                   ? engine::LiveVersions(*context_)
                   : std::vector<std::string>{VersionSchemaOf(*this, version)};
  }
  if (!active && versions.empty()) {
    throw Error(ErrorKind::kNotFound, "no version is published in schema '" +
                                          context_->database.schema() + "'")
        .WithHint("'segue versions' lists them");
  }
  engine::Lease lease(context_->database, context_->ledger);
  engine::FollowedGrants followed =
      engine::FollowGrants(*context_, active ? &*active : nullptr, versions,
                           [&] { lease.Fence(connection); });
  return {std::move(followed.applied), std::move(followed.left)};
}

}  // namespace segue
