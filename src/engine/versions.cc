// Published versions, and how an application reaches one.
#include "ledger/versions.h"

#include "engine/context.h"
#include "engine/grants.h"
#include "engine/statements.h"
#include "ledger/lease.h"
#include "plan/action.h"
#include "segue/error.h"
#include "segue/migrator.h"

namespace segue {

std::vector<VersionInfo> Migrator::Versions() {
  std::vector<VersionInfo> versions;
  if (context_->ledger.Open(context_->connection())) {
    versions =
        engine::PublishedVersions(context_->ledger).All(context_->connection());
  }
  if (versions.empty()) context_->RequireSchema();
  return versions;
}

// An empty name means the base schema.
std::string Migrator::VersionSchemaOf(const std::string& version) {
  std::string version_schema;
  bool found = version.empty() || version == "latest";
  const auto status = Status();
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
  for (const VersionInfo& info : Versions()) {
    const bool named = info.name == version || info.version_schema == version;
    if (info.state == "live" &&
        (named || (version == "latest" && info.latest))) {
      version_schema = info.version_schema;
      found = true;
    }
  }
  if (!found) {
    throw Error(ErrorKind::kNotFound,
                "no live version is called '" + version + "'")
        .WithHint("'segue versions' lists them");
  }
  return version_schema;
}

std::string Migrator::UrlFor(const std::string& version) {
  const Database& database = context_->database;
  return database.dialect().VersionUrl(database.connect_options().url,
                                       database.schema(),
                                       VersionSchemaOf(version));
}

std::string Migrator::SessionSqlFor(const std::string& version) {
  const std::string version_schema = VersionSchemaOf(version);
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
                   : std::vector<std::string>{VersionSchemaOf(version)};
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

void Migrator::RetireVersion(const std::string& version) {
  const std::string version_schema = VersionSchemaOf(version);
  if (version_schema.empty()) {
    throw Error(ErrorKind::kUsage, "the base schema is no version to retire")
        .WithHint("'segue versions' lists them");
  }
  const auto status = Status();
  if (status && status->is_active()) {
    throw Error(ErrorKind::kRefused,
                "migration '" + status->id +
                    "' is active; its end decides which versions stay")
        .WithHint("'segue complete' or 'segue rollback' ends it");
  }
  db::Connection& connection = context_->connection();
  schema::Schema schema;
  schema.name = context_->database.schema();
  const PlannedAction retire = context_->database.dialect().Render(
      plan::RetireVersion{version_schema}, {schema, context_->LockBudget()});
  db::Transaction transaction(connection,
                              {db::Purpose::kSchema, context_->LockBudget()});
  for (const Statement& statement : retire.forward) {
    engine::Execute(connection, statement);
  }
  engine::PublishedVersions(context_->ledger)
      .Retire(connection, version_schema);
  transaction.Commit();
}

}  // namespace segue
