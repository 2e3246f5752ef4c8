#include "dialects/postgres/language.h"

#include "base/append.h"
#include "dialects/postgres/exposure.h"
#include "dialects/postgres/gauge.h"
#include "dialects/postgres/grants.h"
#include "dialects/postgres/hello.h"
#include "dialects/postgres/ledger_guard.h"
#include "dialects/postgres/lock.h"
#include "dialects/postgres/publications.h"
#include "dialects/postgres/render.h"
#include "dialects/postgres/rights.h"
#include "dialects/postgres/signals.h"
#include "dialects/postgres/spelling.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/subscriber.h"
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
  can.moves_keys = true;
  can.exclusion_constraints = true;
  can.replica_identity = true;
  can.table_storage = true;
  can.swaps_tables = true;
  can.partitions = true;
  can.column_comments = true;
  can.rebinds_views = true;
  can.reshapes_versions = true;
  can.moves_default = true;
  can.marks_transform_errors = true;
  can.narrows_triggers = true;
  can.holds_triggers = true;
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
  can.now_sql = kNowSeconds;
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
      "poolers may drop the URL's options, and the application then sees the "
      "old shape: 'segue versions role' makes a role that sees the version, "
      "'segue url --recipe' says what to put where"};
  can.view_notes = {
      "it does not take COPY, TRUNCATE, MERGE (before PostgreSQL 17), ON "
      "CONFLICT ON CONSTRAINT, GROUP BY the primary key only, system columns, "
      "foreign keys to it and pg_get_serial_sequence"};
  return can;
}

}  // namespace

PostgresLanguage::PostgresLanguage() : capabilities_(MakeCapabilities()) {}

const db::Spelling& PostgresLanguage::spelling() const { return kSpelling; }

std::string PostgresLanguage::NativeType(const std::string& type) const {
  RequireType(type);
  return postgres::NativeType(type);
}

PlannedAction PostgresLanguage::Render(const plan::Action& action,
                                       const db::RenderContext& context) const {
  return postgres::Render(action, context);
}

MotionSql PostgresLanguage::RenderMotions(
    const std::vector<plan::MotionId>& motions,
    const db::RenderContext& context) const {
  return postgres::RenderMotions(motions, context);
}

Gauge PostgresLanguage::GaugeFor(
    const schema::Table& table, const std::vector<std::string>& indexes) const {
  return postgres::GaugeFor(table, indexes);
}

std::vector<db::SignalSql> PostgresLanguage::Signals() const {
  return postgres::Signals();
}

std::string PostgresLanguage::ServerSql() const {
  return postgres::ServerSql();
}

std::string PostgresLanguage::RightsSql(const std::string& schema_name) const {
  return postgres::RightsSql(schema_name);
}

std::string PostgresLanguage::LedgerRightsSql() const {
  return postgres::LedgerRightsSql();
}

std::string PostgresLanguage::ExposureSql(
    const schema::Schema& schema, const std::vector<db::ChangedTable>& changed,
    bool versioned) const {
  return postgres::ExposureSql(schema.name, changed, versioned) +
         ReplicationSql(schema, changed);
}

std::string PostgresLanguage::PublishedSql(const schema::Schema& schema) const {
  return postgres::PublishedSql(schema);
}

std::vector<SubscriberPart> PostgresLanguage::ForSubscribers(
    const db::PlannedChanges& changes, const db::Published& published,
    const db::RenderContext& context) const {
  return postgres::ForSubscribers(changes, published, context);
}

std::string PostgresLanguage::VersionGrantsSql(
    const std::string& schema_name, const std::string& version_schema) const {
  return postgres::VersionGrantsSql(schema_name, version_schema);
}

// CREATE SCHEMA IF NOT EXISTS needs the privilege to create a schema even when
// the schema exists, so the statement runs only when it does not: somebody else
// may have created it for this role. Applications call the functions in the
// schema and therefore get USAGE, but no access to its tables.
std::vector<std::string> PostgresLanguage::LedgerSetup() const {
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

std::vector<std::string> PostgresLanguage::LedgerSeal() const {
  std::vector<std::string> statements = postgres::LedgerSeal();
  base::Append(HelloFunctions(), statements);
  return statements;
}

std::string PostgresLanguage::VersionUrl(
    const db::Url& url, const std::string& /*version_schema*/,
    const std::vector<std::string>& path) const {
  return postgres::VersionUrl(url, path);
}

}  // namespace segue::postgres
