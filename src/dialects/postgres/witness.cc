#include "dialects/postgres/witness.h"

#include "base/text.h"
#include "dialects/postgres/catalog.h"

namespace segue::postgres {
namespace {

// Every role may see of a session its role and the name of its application; the
// address and the times are NULL where it may not see them.
constexpr const char* kWho =
    "'session ' || a.pid || ' (role ' || coalesce(a.usename::text, '?') || "
    "coalesce(', ' || nullif(a.application_name, ''), '') || "
    "coalesce(', ' || pg_catalog.host(a.client_addr), '') || ')'";

std::string UtcOf(const std::string& time) {
  return "coalesce(pg_catalog.to_char(" + time +
         " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), '')";
}

constexpr const char* kOfOthers =
    "a.datname = pg_catalog.current_database() AND "
    "a.pid <> pg_catalog.pg_backend_pid() AND "
    "coalesce(a.application_name, '') NOT LIKE 'segue%'";

// A number may belong to another session by now, which began at another time.
// Behind a pooler one session speaks for several instances in turn, of which
// the last one counts.
std::string IntroducedSql() {
  return std::string("SELECT ") + kWho + ", " + UtcOf("a.backend_start") +
         ", s.id, s.version, coalesce(r.rolsuper, false) "
         "FROM segue.instance_session s "
         "JOIN pg_catalog.pg_stat_activity a ON a.pid = s.pid AND " +
         kOfOthers +
         " AND (a.backend_start IS NULL OR s.started IN ('', "
         "pg_catalog.to_char(a.backend_start AT TIME ZONE 'UTC', "
         "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'))) "
         "LEFT JOIN pg_catalog.pg_roles r ON r.rolname = s.role::name "
         "WHERE s.schema_name = $1::text AND NOT EXISTS ("
         "SELECT FROM segue.instance_session n WHERE n.pid = s.pid AND "
         "n.started = s.started AND n.schema_name = s.schema_name AND "
         "n.seen > s.seen) ORDER BY s.id, s.pid";
}

std::string SessionsSql() {
  return std::string("SELECT ") + kWho + ", " + UtcOf("a.backend_start") +
         " FROM pg_catalog.pg_stat_activity a WHERE " + kOfOthers +
         " AND a.usename::text = ANY (pg_catalog.string_to_array($1::text, "
         "pg_catalog.chr(1))) ORDER BY a.pid";
}

// A prepared transaction holds its locks without a session.
std::string HoldingSql() {
  return std::string(
             "SELECT DISTINCT CASE WHEN l.pid IS NULL THEN "
             "'a prepared transaction' ELSE ") +
         kWho + " END, " + UtcOf("a.xact_start") +
         " FROM pg_catalog.pg_locks l "
         "JOIN pg_catalog.pg_class c ON c.oid = l.relation "
         "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
         "AND n.nspname = $1::text::name "
         "LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid "
         "WHERE l.locktype = 'relation' AND l.granted AND l.database = "
         "(SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = "
         "pg_catalog.current_database()) AND (l.pid IS NULL OR (" +
         kOfOthers + ")) ORDER BY 1";
}

std::string TransactionsSql() {
  const std::string before =
      " < pg_catalog.to_timestamp($1::bigint / 1000000.0)";
  return std::string("SELECT ") + kWho + ", " + UtcOf("a.xact_start") +
         " FROM pg_catalog.pg_stat_activity a WHERE " + kOfOthers +
         " AND a.backend_type = 'client backend' AND a.xact_start" + before +
         " UNION ALL SELECT 'prepared transaction ' || "
         "pg_catalog.quote_literal(p.gid) || ' (role ' || p.owner || ')', " +
         UtcOf("p.prepared") +
         " FROM pg_catalog.pg_prepared_xacts p WHERE p.database = "
         "pg_catalog.current_database() AND p.prepared < "
         "pg_catalog.to_timestamp($2::bigint / 1000000.0) ORDER BY 2, 1";
}

std::vector<db::Sighting> Read(const db::Result& found) {
  std::vector<db::Sighting> seen;
  for (const db::Row& values : found.rows) {
    RowReader row(values);
    db::Sighting one;
    one.who = row.Text();
    one.since = row.Text();
    seen.push_back(std::move(one));
  }
  return seen;
}

}  // namespace

std::int64_t PostgresWitness::Moment(db::Connection& connection) const {
  return db::ToInt(connection
                       .Execute("SELECT (extract(epoch FROM "
                                "pg_catalog.clock_timestamp()) * "
                                "1000000)::bigint")
                       .rows.at(0)
                       .at(0));
}

std::vector<db::Sighting> PostgresWitness::Introduced(
    db::Connection& connection, const std::string& schema_name) const {
  const db::Result found = connection.Execute(IntroducedSql(), {schema_name});
  std::vector<db::Sighting> seen = Read(found);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const db::Row& row = found.rows[i];
    seen[i].instance = db::ToText(row.at(2));
    seen[i].version = db::ToText(row.at(3));
    seen[i].superuser = db::ToInt(row.at(4)) != 0;
  }
  return seen;
}

std::vector<db::Sighting> PostgresWitness::SessionsOf(
    db::Connection& connection, const std::vector<std::string>& roles) const {
  if (roles.empty()) return {};
  return Read(connection.Execute(SessionsSql(), {base::Join(roles, "\x01")}));
}

std::vector<db::Sighting> PostgresWitness::Holding(
    db::Connection& connection, const std::string& version_schema) const {
  return Read(connection.Execute(HoldingSql(), {version_schema}));
}

db::Sightings PostgresWitness::TransactionsBefore(db::Connection& connection,
                                                  std::int64_t moment) const {
  const db::Result may = connection.Execute(
      "SELECT pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', "
      "'USAGE')");
  return {Read(connection.Execute(TransactionsSql(), {moment, moment})),
          db::ToInt(may.rows.at(0).at(0)) != 0};
}

}  // namespace segue::postgres
