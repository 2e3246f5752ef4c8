#include "dialects/postgres/dialect.h"

#include "dialects/postgres/connection.h"
#include "dialects/postgres/errors.h"
#include "dialects/postgres/examine.h"
#include "dialects/postgres/explain.h"
#include "dialects/postgres/gauge.h"
#include "dialects/postgres/inspect.h"
#include "dialects/postgres/ledger_guard.h"
#include "dialects/postgres/lock.h"
#include "dialects/postgres/motion_estimate.h"
#include "dialects/postgres/plan_trial.h"
#include "dialects/postgres/render.h"
#include "dialects/postgres/replication.h"
#include "dialects/postgres/rights.h"
#include "dialects/postgres/signals.h"
#include "dialects/postgres/spelling.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/version_refusal.h"
#include "dialects/postgres/version_url.h"

namespace segue::postgres {
namespace {

db::Capabilities MakeCapabilities() {
  db::Capabilities can;
  can.name = "PostgreSQL";
  can.default_schema = "public";
  can.has_schemas = true;
  can.transactional_ddl = true;
  can.versioned_access = true;
  can.concurrent_index = true;
  can.rich_indexes = true;
  can.not_valid_constraints = true;
  can.set_not_null_needs_check = true;
  can.constraints_go_with_column = true;
  can.adopts_index = true;
  can.add_primary_key = true;
  can.exclusion_constraints = true;
  can.replica_identity = true;
  can.column_comments = true;
  can.moves_default = true;
  can.marks_transform_errors = true;
  can.narrows_triggers = true;
  can.parallel_writers = true;
  can.session_locks = true;
  can.heartbeat_session = true;
  can.monitor_session = true;
  // Longer chunks are no faster, and clients wait for the rows that a chunk
  // locks and for what it writes.
  can.chunk_time = std::chrono::milliseconds(20);
  // At full speed a VACUUM stalls the commits of clients. By default it
  // therefore runs at the speed of an autovacuum: it rests for 2 ms after each
  // 10 pages that it changes or 200 that it reads.
  can.reclaim_at_once = "SET vacuum_cost_delay = 0";
  can.reclaim_gently =
      "SET vacuum_cost_delay = '2ms'; SET vacuum_cost_limit = 200";
  can.ledger_prefix = "segue.";
  can.ledger_types = {"TEXT", "TEXT", "BIGINT",
                      "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"};
  can.for_share = " FOR SHARE";
  can.for_update_skip_locked = " FOR UPDATE SKIP LOCKED";
  can.now_sql = "extract(epoch FROM pg_catalog.clock_timestamp())::bigint";
  can.max_identifier = kMaxIdentifier;
  can.system_columns = {"ctid", "xmin", "cmin", "xmax", "cmax", "tableoid"};
  can.max_columns = kMaxColumns;
  can.in_place_notes = {
      "an added column is visible to old clients: a prepared SELECT * fails "
      "once with \"cached plan must not change result type\"",
      "COPY and INSERT without a column list, and functions with the table's "
      "row type, see the added columns too"};
  can.versioned_notes = {
      "a version's tables are views, which do not take COPY, TRUNCATE, MERGE "
      "(before PostgreSQL 17), ON CONFLICT ON CONSTRAINT, GROUP BY the "
      "primary key only, system columns, foreign keys to them and "
      "pg_get_serial_sequence",
      "poolers may drop the URL's options: ALTER ROLE ... SET search_path "
      "says the same"};
  can.view_notes = {
      "it does not take COPY, TRUNCATE, MERGE (before PostgreSQL 17), ON "
      "CONFLICT ON CONSTRAINT, GROUP BY the primary key only, system columns, "
      "foreign keys to it and pg_get_serial_sequence"};
  return can;
}

}  // namespace

PostgresDialect::PostgresDialect() : capabilities_(MakeCapabilities()) {}

const db::Spelling& PostgresDialect::spelling() const { return kSpelling; }

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

std::string PostgresDialect::NativeType(const std::string& type) const {
  RequireType(type);
  return postgres::NativeType(type);
}

PlannedAction PostgresDialect::Render(const plan::Action& action,
                                      const db::RenderContext& context) const {
  return postgres::Render(action, context);
}

MotionSql PostgresDialect::RenderMotions(
    const std::vector<plan::MotionId>& motions,
    const db::RenderContext& context) const {
  return postgres::RenderMotions(motions, context);
}

QueryPlan PostgresDialect::Explain(db::Connection& connection,
                                   const std::string& query) const {
  return postgres::Explain(connection, query);
}

Gauge PostgresDialect::GaugeFor(const schema::Table& table,
                                const std::vector<std::string>& indexes) const {
  return postgres::GaugeFor(table, indexes);
}

std::vector<MotionEstimate> PostgresDialect::Estimate(
    db::Connection& connection, const plan::ColumnMotion& motion,
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
         " OR c.oid IN (SELECT relid::oid FROM pg_catalog.pg_partition_tree(" +
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

std::vector<db::SignalSql> PostgresDialect::Signals() const {
  return postgres::Signals();
}

std::string PostgresDialect::ServerSql() const { return postgres::ServerSql(); }

std::string PostgresDialect::RightsSql(const std::string& schema_name) const {
  return postgres::RightsSql(schema_name);
}

std::string PostgresDialect::LedgerRightsSql() const {
  return postgres::LedgerRightsSql();
}

// CREATE SCHEMA IF NOT EXISTS needs the privilege to create a schema even when
// the schema exists, so the statement runs only when it does not: somebody else
// may have created it for this role. Applications call the functions in the
// schema and therefore get USAGE, but no access to its tables.
std::vector<std::string> PostgresDialect::LedgerSetup() const {
  return {
      // Several that begin at the same instant create it one after the other.
      "SELECT pg_catalog.pg_advisory_xact_lock(" + std::to_string(kLockClass) +
          ", 0)",
      "DO $segue$ BEGIN IF pg_catalog.to_regnamespace('segue') IS NULL THEN "
      "CREATE SCHEMA segue; "
      "COMMENT ON SCHEMA segue IS 'segue: ledger of schema migrations'; "
      "END IF; IF NOT pg_catalog.has_schema_privilege('public', 'segue', "
      "'USAGE') AND "
      "pg_catalog.pg_has_role((SELECT nspowner FROM pg_catalog.pg_namespace "
      "WHERE "
      "nspname = 'segue'), 'USAGE') THEN "
      "GRANT USAGE ON SCHEMA segue TO PUBLIC; END IF; END $segue$"};
}

std::vector<std::string> PostgresDialect::LedgerSeal() const {
  return postgres::LedgerSeal();
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

std::optional<db::Blocker> PostgresDialect::RunnerLockHolder(
    db::Connection& connection, const std::string& schema_name) const {
  return postgres::RunnerLockHolder(connection, schema_name);
}

std::vector<db::Blocker> PostgresDialect::Blockers(
    db::Connection& connection, const schema::TableName& table) const {
  return postgres::Blockers(connection, table);
}

// This SQL is for applications whose pooler drops the options of the URL.
std::string PostgresDialect::VersionSessionSql(
    db::Connection& /*connection*/, const std::string& schema_name,
    const std::string& version_schema) const {
  return "SET search_path = " + Ident(version_schema) + ", " +
         Ident(schema_name) + ";\n";
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

db::Absent PostgresDialect::AbsentIn(const Error& error) const {
  return postgres::AbsentIn(error);
}

std::string PostgresDialect::VersionUrl(
    const db::Url& url, const std::string& schema_name,
    const std::string& version_schema) const {
  return postgres::VersionUrl(url, schema_name, version_schema);
}

std::shared_ptr<const db::Dialect> MakePostgresDialect() {
  return std::make_shared<const PostgresDialect>();
}

}  // namespace segue::postgres
