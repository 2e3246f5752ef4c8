#include "dialects/postgres/use_counts.h"

#include "dialects/postgres/catalog.h"
#include "dialects/postgres/client_sessions.h"
#include "dialects/postgres/query_references.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

std::string Condition(const std::string& name) {
  return "NOT EXISTS (SELECT FROM " + name + ")";
}

// The moments at which a server begins its counts anew: when it starts, when
// somebody resets them, also those of one table, and when it has crashed.
constexpr const char* kBegun =
    "pg_catalog.concat_ws(' ', pg_catalog.pg_postmaster_start_time(), (SELECT "
    "b.stats_reset FROM pg_catalog.pg_stat_database b WHERE b.datname = "
    "pg_catalog.current_database()), (SELECT w.stats_reset FROM "
    "pg_catalog.pg_stat_bgwriter w))";

// Versions before 16 do not tell the last scan.
std::string CountSql() {
  return std::string("SELECT coalesce(s.seq_scan, 0)::bigint, ") + kBegun +
         ", " + kNowSeconds +
         ", coalesce(pg_catalog.ceil(extract(epoch FROM "
         "(pg_catalog.to_jsonb(s) "
         "->> 'last_seq_scan')::pg_catalog.timestamptz))::bigint, 0) FROM "
         "pg_catalog.pg_stat_all_tables s WHERE s.relid = "
         "pg_catalog.to_regclass($1::text)::oid";
}

// Returns the schema of pg_stat_statements where it counts and our role may see
// the queries of others, and whether it tells when it was reset (1.9).
constexpr const char* kStatements =
    "SELECT n.nspname::text, pg_catalog.to_regclass(pg_catalog.format("
    "'%I.pg_stat_statements_info', n.nspname)) IS NOT NULL FROM "
    "pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = "
    "e.extnamespace WHERE e.extname = 'pg_stat_statements' AND "
    "pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AND "
    "pg_catalog.strpos(pg_catalog.current_setting("
    "'shared_preload_libraries'), 'pg_stat_statements') > 0";

std::string NowSql(const std::string& schema, bool tells_reset) {
  return std::string("SELECT ") + kNowSeconds + ", " +
         (tells_reset ? "(SELECT i.stats_reset::text FROM " +
                            Name({schema, "pg_stat_statements_info"}) + " i)"
                      : std::string("''"));
}

}  // namespace

std::vector<std::string> CreateSeenTable(const std::string& version) {
  const schema::TableName seen{version, kSeenTable};
  return {"CREATE TABLE IF NOT EXISTS " + Name(seen) +
              " (CHECK (false)) WITH (parallel_workers = 0)",
          RevokeOnTable(seen), "GRANT SELECT ON " + Name(seen) + " TO PUBLIC"};
}

std::string DropSeenTable(const std::string& version) {
  return "DROP TABLE IF EXISTS " + Name({version, kSeenTable});
}

std::string SeenCondition(const std::string& version) {
  return Condition(Name({version, kSeenTable}));
}

std::string SeenConditionIfThere(const std::string& version) {
  return "CASE WHEN pg_catalog.to_regclass(pg_catalog.format('%I.%I', " +
         version + ", " + Literal(kSeenTable) +
         ")) IS NULL THEN '' ELSE pg_catalog.format(" +
         Literal(" WHERE " + Condition("%I.%I")) + ", " + version + ", " +
         Literal(kSeenTable) + ") END";
}

std::optional<db::UseCount> PostgresUseCounts::CountUse(
    db::Connection& connection, const std::string& version_schema) const {
  const db::Result found =
      connection.Execute(CountSql(), {Name({version_schema, kSeenTable})});
  if (found.rows.empty()) return std::nullopt;
  RowReader row(found.rows[0]);
  db::UseCount use;
  use.count = row.Integer();
  use.begun = row.Text();
  use.now = row.Integer();
  use.last = row.Integer();
  return use;
}

// A logical subscriber and a backup run no queries of the application. Whoever
// may not see the rest of a row sees its number.
std::vector<std::string> PostgresUseCounts::Followers(
    db::Connection& connection) const {
  std::vector<std::string> names;
  for (const db::Row& row :
       connection
           .Execute(
               "SELECT coalesce(r.application_name, '')::text FROM "
               "pg_catalog.pg_stat_replication r WHERE coalesce(r.state, '') "
               "<> 'backup' AND NOT EXISTS (SELECT FROM "
               "pg_catalog.pg_replication_slots s WHERE s.active_pid = r.pid "
               "AND s.slot_type = 'logical') ORDER BY 1")
           .rows) {
    names.push_back(db::ToText(row[0]));
  }
  return names;
}

std::string PostgresUseCounts::FollowerName(db::Connection& standby) const {
  const db::Result found = standby.Execute(
      "SELECT coalesce((SELECT coalesce(pg_catalog.substring(w.conninfo, "
      "'(?:^| )application_name=''?([^ '']+)'), pg_catalog.substring("
      "w.conninfo, 'fallback_application_name=''?([^ '']+)')) FROM "
      "pg_catalog.pg_stat_wal_receiver w), nullif(pg_catalog.current_setting("
      "'cluster_name'), ''), 'walreceiver')");
  return db::ToText(found.rows.at(0).at(0));
}

std::vector<db::Session> PostgresUseCounts::OlderTransactions(
    db::Connection& connection, std::int64_t moment) const {
  return SessionsWhere(connection,
                       "a.backend_type = 'client backend' AND a.xact_start < "
                       "pg_catalog.to_timestamp($1::bigint)",
                       {moment});
}

std::optional<db::CountedQueries> PostgresUseCounts::Queries(
    db::Connection& connection, const db::RemovedColumns& removed) const {
  const db::Result place = connection.Execute(kStatements);
  if (place.rows.empty()) return std::nullopt;
  const std::string schema = db::ToText(place.rows[0].at(0));
  db::CountedQueries all;
  const db::Result now =
      connection.Execute(NowSql(schema, db::ToInt(place.rows[0].at(1)) != 0));
  all.now = db::ToInt(now.rows.at(0).at(0));
  all.begun = db::ToText(now.rows.at(0).at(1));
  for (const db::Row& values :
       connection
           .Execute("SELECT s.query, pg_catalog.sum(s.calls)::bigint FROM " +
                    Name({schema, "pg_stat_statements"}) +
                    " s JOIN pg_catalog.pg_database d ON d.oid = s.dbid WHERE "
                    "d.datname = pg_catalog.current_database() AND s.query IS "
                    "NOT NULL GROUP BY s.query ORDER BY s.query")
           .rows) {
    db::QueryCalls one{db::ToText(values.at(0)), db::ToInt(values.at(1))};
    if (RefersTo(one.query, removed)) all.queries.push_back(std::move(one));
  }
  return all;
}

}  // namespace segue::postgres
