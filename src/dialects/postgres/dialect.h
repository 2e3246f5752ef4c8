// The dialect of PostgreSQL 13 and newer.
#pragma once

#include <memory>

#include "db/dialect.h"
#include "db/meter.h"
#include "db/plan_trial.h"
#include "db/replication.h"

namespace segue::postgres {

class PostgresDialect final : public db::Dialect,
                              public db::Meter,
                              public db::PlanTrier,
                              public db::Replication {
 public:
  PostgresDialect();

  const db::Capabilities& capabilities() const override {
    return capabilities_;
  }
  const db::Spelling& spelling() const override;
  std::unique_ptr<db::Connection> Connect(
      const db::ConnectOptions& options) const override;
  schema::Schema Inspect(db::Connection& connection,
                         const std::string& schema_name) const override;
  db::Answer Examine(db::Connection& connection,
                     const db::Question& question) const override;
  // Portable types are recognised in capitals only; see sql.h.
  std::string NativeType(const std::string& type) const override;
  PlannedAction Render(const plan::Action& action,
                       const db::RenderContext& context) const override;
  MotionSql RenderMotions(const std::vector<plan::MotionId>& motions,
                          const db::RenderContext& context) const override;
  QueryPlan Explain(db::Connection& connection,
                    const std::string& query) const override;
  Gauge GaugeFor(const schema::Table& table,
                 const std::vector<std::string>& indexes) const override;
  std::vector<db::SignalSql> Signals() const override;
  std::string ServerSql() const override;
  std::vector<MotionEstimate> Estimate(
      db::Connection& connection, const plan::ColumnMotion& motion,
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
  db::Sql UpsertSql(const db::Upsert& upsert) const override {
    return db::OnConflictSql(upsert);
  }
  std::string RightsSql(const std::string& schema_name) const override;
  std::string LedgerRightsSql() const override;
  std::vector<std::string> LedgerSetup() const override;
  std::vector<std::string> LedgerSeal() const override;
  void RequireSafeLedger(db::Connection& connection,
                         db::LedgerUse use) const override;
  std::unique_ptr<db::RunnerLock> TryLockRunner(
      db::Connection& connection, const std::string& schema_name,
      const std::string& kill_session) const override;
  std::optional<db::Blocker> RunnerLockHolder(
      db::Connection& connection,
      const std::string& schema_name) const override;
  std::vector<db::Blocker> Blockers(
      db::Connection& connection,
      const schema::TableName& table) const override;
  std::string VersionSessionSql(
      db::Connection& connection, const std::string& schema_name,
      const std::string& version_schema) const override;
  void RefuseVersion(db::Connection& connection,
                     const std::string& version_schema,
                     const std::string& reason) const override;
  void RemoveRefused(db::Connection& connection,
                     const std::string& version_schema) const override;
  db::Absent AbsentIn(const Error& error) const override;
  std::string VersionUrl(const db::Url& url, const std::string& schema_name,
                         const std::string& version_schema) const override;

 private:
  db::Capabilities capabilities_;
};

std::shared_ptr<const db::Dialect> MakePostgresDialect();

}  // namespace segue::postgres
