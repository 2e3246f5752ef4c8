// Published versions, and how an application reaches one.
#include "ledger/versions.h"

#include <algorithm>

#include "base/text.h"
#include "engine/context.h"
#include "engine/grants.h"
#include "engine/missing.h"
#include "engine/path_text.h"
#include "engine/version_users.h"
#include "ledger/lease.h"
#include "segue/error.h"
#include "segue/versions.h"

namespace segue {
namespace {

// A version that goes away is not found, and "latest" is none while the next
// one is about to be published.
void RefuseUnsettled(const engine::Context& context,
                     const std::string& version) {
  if (!context.ledger.Open(context.connection())) return;
  const auto active = context.ledger.Active(context.connection());
  if (!active || active->plan.version_schema.empty()) return;
  const std::string& its = active->plan.version_schema;
  const bool latest = version == "latest";
  if (engine::RollingBack(context, *active)) {
    if (!latest && version != its && version != active->plan.version) return;
    throw Error(ErrorKind::kNotFound, "version '" + its + "' is rolling back")
        .WithHint("'segue rollback' finishes that");
  }
  const bool awaited = active->sub_state != SubState::kReady &&
                       active->phase != Phase::kContracting;
  if (!latest || !awaited) return;
  throw Error(ErrorKind::kNotFound,
              "version '" + its + "' is not published yet")
      .WithHint("it is as soon as 'segue status' says ready");
}

// An empty name means the base schema.
std::string VersionSchemaOf(Versions& versions, const engine::Context& context,
                            const std::string& version) {
  std::string version_schema;
  bool found = version.empty();
  RefuseUnsettled(context, version);
  for (const VersionInfo& info : versions.List()) {
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

std::vector<VersionInfo> Versions::List() {
  std::vector<VersionInfo> versions;
  if (context_->ledger.Open(context_->connection())) {
    versions = engine::VersionsNow(*context_);
  }
  if (versions.empty()) context_->RequireSchema();
  return versions;
}

std::string Versions::UrlFor(const std::string& version) {
  return AccessTo(version).url;
}

VersionAccess Versions::AccessTo(const std::string& version) {
  const Database& database = context_->database;
  const db::Dialect& dialect = database.dialect();
  VersionAccess access;
  access.version_schema = VersionSchemaOf(*this, *context_, version);
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

VersionRole Versions::MakeRole(const std::string& role,
                               const std::string& version,
                               const std::string& base_role) {
  db::Connection& connection = context_->connection();
  VersionRole made{role, VersionSchemaOf(*this, *context_, version), {}};
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

std::string Versions::SessionSqlFor(const std::string& version) {
  const std::string version_schema = VersionSchemaOf(*this, *context_, version);
  if (version_schema.empty()) {
    throw Error(ErrorKind::kUsage,
                "the base schema needs no SQL; name a published version")
        .WithHint("'segue versions' lists them");
  }
  const Database& database = context_->database;
  return database.dialect().VersionSessionSql(
      context_->connection(), database.schema(), version_schema);
}

RefreshReport Versions::Refresh(const std::string& version) {
  db::Connection& connection = context_->connection();
  std::optional<engine::MigrationRow> active;
  std::vector<std::string> versions;
  if (context_->ledger.Open(connection, db::LedgerUse::kRun)) {
    active = context_->ledger.Active(connection);
    versions = version.empty() ? engine::LiveVersions(*context_)
                               : std::vector<std::string>{VersionSchemaOf(
                                     *this, *context_, version)};
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
