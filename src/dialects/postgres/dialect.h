// The dialect of PostgreSQL 13 and newer.
#pragma once

#include <memory>

#include "db/meter.h"
#include "db/plan_trial.h"
#include "db/replication.h"
#include "dialects/postgres/client_sessions.h"
#include "dialects/postgres/language.h"
#include "dialects/postgres/shown_columns.h"
#include "dialects/postgres/use_counts.h"
#include "dialects/postgres/write_counters.h"

namespace segue::postgres {

class PostgresDialect final : public PostgresLanguage,
                              public db::Meter,
                              public db::PlanTrier,
                              public db::Replication,
                              public PostgresSessions,
                              public PostgresUseCounts,
                              public PostgresShownColumns,
                              public PostgresWriteCounts {
 public:
  std::unique_ptr<db::Connection> Connect(
      const db::ConnectOptions& options) const override;
  schema::Schema Inspect(db::Connection& connection,
                         const std::string& schema_name) const override;
  db::Answer Examine(db::Connection& connection,
                     const db::Question& question) const override;
  QueryPlan Explain(db::Connection& connection,
                    const std::string& query) const override;
  std::vector<MotionEstimate> Estimate(
      db::Connection& connection, const plan::Motion& motion,
      const schema::Table& table) const override;
  std::string TrialPlace(db::Connection& connection,
                         const std::string& schema) const override;
  db::TrialOutcome TryPlan(db::Connection& connection,
                           const db::PlanTrial& trial) const override;
  std::string MeterSql(const schema::TableName& table) const override;
  db::ServerFacts Facts(db::Connection& connection) const override;
  std::string LogPosition(db::Connection& primary) const override;
  db::Replay ReplayTo(db::Connection& standby,
                      const std::string& position) const override;
  void RequireSafeLedger(db::Connection& connection,
                         db::LedgerUse use) const override;
  std::unique_ptr<db::RunnerLock> TryLockRunner(
      db::Connection& connection, const std::string& schema_name,
      const std::string& kill_session) const override;
  std::optional<db::Session> RunnerLockHolder(
      db::Connection& connection,
      const std::string& schema_name) const override;
  std::vector<db::Session> Blockers(
      db::Connection& connection,
      const schema::TableName& table) const override;
  db::Identity IdentityOf(db::Connection& connection) const override;
  std::vector<std::string> VersionPath(
      db::Connection& connection, const std::string& schema_name,
      const std::string& version_schema) const override;
  std::vector<std::string> LoginRoleSql(
      db::Connection& connection, const db::LoginRole& role) const override;
  std::vector<db::LoginRole> LoginRoles(
      db::Connection& connection,
      const std::string& schema_name) const override;
  std::vector<db::NextPartition> PartitionsAhead(
      db::Connection& connection,
      const db::AheadQuestion& question) const override;
  std::string VersionSessionSql(
      db::Connection& connection, const std::string& schema_name,
      const std::string& version_schema) const override;
  void RefuseVersion(db::Connection& connection,
                     const std::string& version_schema,
                     const std::string& reason) const override;
  void RemoveRefused(db::Connection& connection,
                     const std::string& version_schema) const override;
  void SettleCounts(db::Connection& connection) const override;
  db::Absent AbsentIn(const Error& error) const override;
};

std::shared_ptr<const db::Dialect> MakePostgresDialect();

}  // namespace segue::postgres
