#include "dialects/postgres/dialect.h"

#include "dialects/postgres/connection.h"
#include "dialects/postgres/errors.h"
#include "dialects/postgres/examine.h"
#include "dialects/postgres/explain.h"
#include "dialects/postgres/gauge.h"
#include "dialects/postgres/inspect.h"
#include "dialects/postgres/ledger_guard.h"
#include "dialects/postgres/lock.h"
#include "dialects/postgres/login_role.h"
#include "dialects/postgres/motion_estimate.h"
#include "dialects/postgres/partitions_ahead.h"
#include "dialects/postgres/plan_trial.h"
#include "dialects/postgres/pooler.h"
#include "dialects/postgres/replication.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/version_path.h"
#include "dialects/postgres/version_refusal.h"

namespace segue::postgres {

std::unique_ptr<db::Connection> PostgresDialect::Connect(
    const db::ConnectOptions& options) const {
  return postgres::Connect(options);
}

schema::Schema PostgresDialect::Inspect(db::Connection& connection,
                                        const std::string& schema_name) const {
  return postgres::Inspect(connection, schema_name);
}

db::Answer PostgresDialect::Examine(db::Connection& connection,
                                    const db::Question& question) const {
  return postgres::Examine(connection, question);
}

QueryPlan PostgresDialect::Explain(db::Connection& connection,
                                   const std::string& query) const {
  return postgres::Explain(connection, query);
}

std::vector<MotionEstimate> PostgresDialect::Estimate(
    db::Connection& connection, const plan::Motion& motion,
    const schema::Table& table) const {
  return postgres::Estimate(connection, motion, table);
}

std::string PostgresDialect::TrialPlace(db::Connection& connection,
                                        const std::string& /*schema*/) const {
  return postgres::TrialPlace(connection);
}

db::TrialOutcome PostgresDialect::TryPlan(db::Connection& connection,
                                          const db::PlanTrial& trial) const {
  return postgres::TryPlan(connection, trial);
}

// The log belongs to the whole server, so it also counts what applications
// write.
std::string PostgresDialect::MeterSql(const schema::TableName& table) const {
  const std::string name = Regclass(table);
  return "SELECT extract(epoch FROM pg_catalog.clock_timestamp())::float8, "
         "pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), "
         "'0/0')::float8, (SELECT sum(pg_catalog.pg_total_relation_size(c.oid))"
         "::float8 FROM pg_catalog.pg_class c WHERE c.oid = " +
         name +
         "::oid OR c.oid IN (SELECT relid::oid FROM "
         "pg_catalog.pg_partition_tree(" +
         name + ")))";
}

db::ServerFacts PostgresDialect::Facts(db::Connection& connection) const {
  return postgres::Facts(connection);
}

std::string PostgresDialect::LogPosition(db::Connection& primary) const {
  return postgres::LogPosition(primary);
}

db::Replay PostgresDialect::ReplayTo(db::Connection& standby,
                                     const std::string& position) const {
  return postgres::ReplayTo(standby, position);
}

void PostgresDialect::RequireSafeLedger(db::Connection& connection,
                                        db::LedgerUse use) const {
  postgres::RequireSafeLedger(connection, use);
}

std::unique_ptr<db::RunnerLock> PostgresDialect::TryLockRunner(
    db::Connection& connection, const std::string& schema_name,
    const std::string& kill_session) const {
  return postgres::TryLockRunner(connection, schema_name, kill_session);
}

std::optional<db::Session> PostgresDialect::RunnerLockHolder(
    db::Connection& connection, const std::string& schema_name) const {
  return postgres::RunnerLockHolder(connection, schema_name);
}

std::vector<db::Session> PostgresDialect::Blockers(
    db::Connection& connection, const schema::TableName& table) const {
  return postgres::Blockers(connection, table);
}

db::Identity PostgresDialect::IdentityOf(db::Connection& connection) const {
  return postgres::IdentityOf(connection);
}

std::vector<std::string> PostgresDialect::VersionPath(
    db::Connection& connection, const std::string& schema_name,
    const std::string& version_schema) const {
  return PathTo(version_schema, schema_name, OwnPath(connection, ""));
}

std::vector<std::string> PostgresDialect::LoginRoleSql(
    db::Connection& connection, const db::LoginRole& role) const {
  return postgres::LoginRoleSql(connection, role);
}

std::vector<db::NextPartition> PostgresDialect::PartitionsAhead(
    db::Connection& connection, const db::AheadQuestion& question) const {
  return postgres::PartitionsAhead(connection, question);
}

std::vector<db::LoginRole> PostgresDialect::LoginRoles(
    db::Connection& connection, const std::string& schema_name) const {
  return postgres::LoginRoles(connection, schema_name);
}

// A comment says where the setting would do harm, because the script is copied
// without the page that says so.
std::string PostgresDialect::VersionSessionSql(
    db::Connection& connection, const std::string& schema_name,
    const std::string& version_schema) const {
  return "-- In a session of its own only. Through a pooler in transaction "
         "mode the setting\n-- stays on the server's session, where clients of "
         "other versions get it: use a\n-- role of the version there (segue "
         "versions role), or SET LOCAL in each\n-- transaction.\n"
         "SET search_path = " +
         Idents(VersionPath(connection, schema_name, version_schema)) +
         ";\n-- The version is there if this is true: SELECT "
         "pg_catalog.current_schema() = " +
         Literal(version_schema) + ";\n";
}

void PostgresDialect::RefuseVersion(db::Connection& connection,
                                    const std::string& version_schema,
                                    const std::string& reason) const {
  postgres::RefuseVersion(connection, version_schema, reason);
}

void PostgresDialect::RemoveRefused(db::Connection& connection,
                                    const std::string& version_schema) const {
  postgres::RemoveRefused(connection, version_schema);
}

void PostgresDialect::SettleCounts(db::Connection& connection) const {
  postgres::SettleCounts(connection);
}

db::Absent PostgresDialect::AbsentIn(const Error& error) const {
  return postgres::AbsentIn(error);
}

std::shared_ptr<const db::Dialect> MakePostgresDialect() {
  return std::make_shared<const PostgresDialect>();
}

}  // namespace segue::postgres
