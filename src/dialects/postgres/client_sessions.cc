#include "dialects/postgres/client_sessions.h"

#include "base/text.h"
#include "dialects/postgres/catalog.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/version_refusal.h"

namespace segue::postgres {
namespace {

std::string Utc(const std::string& time, const std::string& seconds) {
  return "coalesce(pg_catalog.to_char(" + time +
         " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:" + seconds +
         "\"Z\"'), '')";
}

// The begin of a transaction tells it from the next one of its session.
std::string Utc(const std::string& time) { return Utc(time, "SS.US"); }

// The server shows the query, the address and the times only of sessions of
// roles that ours has the rights of. `more` is a list of further columns of
// `joins`.
std::string SessionsSql(const std::string& condition,
                        const std::string& more = "",
                        const std::string& joins = "") {
  return "SELECT a.pid::text, coalesce(a.usename, '')::text, "
         "coalesce(a.application_name, ''), "
         "coalesce(pg_catalog.host(a.client_addr), ''), "
         "coalesce(a.query, ''), " +
         Utc("a.backend_start", "SS") + ", " + Utc("a.xact_start") + ", " +
         Utc("a.query_start") + more + " FROM pg_catalog.pg_stat_activity a " +
         joins +
         " WHERE a.datname = pg_catalog.current_database() AND a.pid <> "
         "pg_catalog.pg_backend_pid() AND " +
         condition + " ORDER BY a.backend_start, a.pid";
}

db::Session ReadSession(RowReader& row) {
  db::Session session;
  session.id = row.Text();
  session.user = row.Text();
  session.application = row.Text();
  session.address = row.Text();
  session.query = row.Text();
  session.connected = row.Text();
  session.since = row.Text();
  session.query_start = row.Text();
  return session;
}

// A number may belong to another session by now, which began at another time.
// Behind a pooler one session speaks for several instances in turn, of which
// the last one counts.
std::string IntroducedSql() {
  return SessionsSql(
      "s.schema_name = $1::text AND (a.backend_start IS NULL OR s.started IN "
      "('', " +
          Utc("a.backend_start") +
          ")) AND NOT EXISTS (SELECT FROM segue.instance_session n WHERE n.pid "
          "= s.pid AND n.started = s.started AND n.schema_name = s.schema_name "
          "AND n.seen > s.seen)",
      ", s.id, s.version, coalesce(r.rolsuper, false)",
      "JOIN segue.instance_session s ON s.pid = a.pid LEFT JOIN "
      "pg_catalog.pg_roles r ON r.rolname = s.role::name");
}

// Returns a condition on a lock `l` of a relation of this database.
constexpr const char* kHeldHere =
    "l.pid = a.pid AND l.locktype = 'relation' AND l.granted AND l.database = "
    "(SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = "
    "pg_catalog.current_database())";

// The modes from the weakest to the strongest, and for each the modes that it
// keeps out, as the server's documentation lists them.
struct Mode {
  const char* name;
  const char* held;  // as pg_locks spells it
  const char* keeps_out;
};

constexpr Mode kModes[] = {
    {"ACCESS SHARE", "AccessShareLock", "8"},
    {"ROW SHARE", "RowShareLock", "78"},
    {"ROW EXCLUSIVE", "RowExclusiveLock", "5678"},
    {"SHARE UPDATE EXCLUSIVE", "ShareUpdateExclusiveLock", "45678"},
    {"SHARE", "ShareLock", "34678"},
    {"SHARE ROW EXCLUSIVE", "ShareRowExclusiveLock", "345678"},
    {"EXCLUSIVE", "ExclusiveLock", "2345678"},
    {"ACCESS EXCLUSIVE", "AccessExclusiveLock", "12345678"},
};

// Returns the held modes that keep out a lock of this mode, as SQL literals. A
// mode that is not known keeps nothing out.
std::string KeepingOut(const std::string& mode) {
  std::vector<std::string> held = {"''"};
  for (const Mode& wanted : kModes) {
    if (mode != wanted.name) continue;
    for (const char* at = wanted.keeps_out; *at != '\0'; ++at) {
      held.push_back(Literal(kModes[*at - '1'].held));
    }
  }
  return base::Join(held, ", ");
}

}  // namespace

std::vector<db::Session> SessionsWhere(
    db::Connection& connection, const std::string& condition,
    const std::vector<db::Value>& parameters) {
  std::vector<db::Session> sessions;
  for (const db::Row& values :
       connection.Execute(SessionsSql(condition), parameters).rows) {
    RowReader row(values);
    sessions.push_back(ReadSession(row));
  }
  return sessions;
}

std::vector<std::string> PostgresSessions::RefusingVersions(
    db::Connection& connection, const std::string& schema_name) const {
  return postgres::RefusingVersions(connection, schema_name);
}

std::vector<db::Session> PostgresSessions::OfRoles(
    db::Connection& connection, const std::vector<std::string>& roles) const {
  if (roles.empty()) return {};
  std::vector<std::string> names;
  for (const std::string& role : roles) names.push_back(Literal(role));
  return SessionsWhere(connection,
                       "a.usename IN (" + base::Join(names, ", ") + ")", {});
}

std::vector<db::Introduction> PostgresSessions::Introduced(
    db::Connection& connection, const std::string& schema_name) const {
  std::vector<db::Introduction> introduced;
  for (const db::Row& values :
       connection.Execute(IntroducedSql(), {schema_name}).rows) {
    RowReader row(values);
    db::Introduction one;
    one.session = ReadSession(row);
    one.instance = row.Text();
    one.version = row.Text();
    one.superuser = db::ToInt(values.back()) != 0;
    introduced.push_back(std::move(one));
  }
  return introduced;
}

std::string PostgresSessions::Moment(db::Connection& connection) const {
  const db::Result now =
      connection.Execute("SELECT " + Utc("pg_catalog.clock_timestamp()"));
  return db::ToText(now.rows.at(0).at(0));
}

// Between the statements of READ COMMITTED a transaction has no xmin, and its
// next one sees every row as it is.
std::vector<db::Session> PostgresSessions::OlderReaders(
    db::Connection& connection, const std::string& moment) const {
  return SessionsWhere(
      connection,
      "a.backend_type = 'client backend' AND a.backend_xmin IS NOT "
      "NULL AND a.xact_start < $1::pg_catalog.timestamptz",
      {moment});
}

bool PostgresSessions::SeesAll(db::Connection& connection) const {
  const db::Result may = connection.Execute(
      "SELECT pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', "
      "'USAGE')");
  return db::ToInt(may.rows.at(0).at(0)) != 0;
}

std::vector<db::Session> PostgresSessions::IdleBlockers(
    db::Connection& connection, const schema::TableName& table,
    const std::string& mode) const {
  return SessionsWhere(
      connection,
      "a.state IN ('idle in transaction', 'idle in transaction (aborted)') "
      "AND pg_catalog.pg_has_role(a.usesysid, 'MEMBER') AND EXISTS (SELECT "
      "FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = "
      "l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "WHERE " +
          std::string(kHeldHere) + " AND l.mode IN (" + KeepingOut(mode) +
          ") AND ((n.nspname = $1::text AND c.relname = $2::text) OR "
          "n.nspname = $3::text OR (c.relispartition AND c.oid IN (SELECT "
          "h.inhrelid FROM pg_catalog.pg_inherits h WHERE h.inhparent = "
          "pg_catalog.to_regclass(pg_catalog.format('%I.%I', $1::text, "
          "$2::text))::oid))))",
      {table.schema, table.name, table.name});
}

// Between the look and the end the session may have gone on, or its number may
// belong to another one.
bool PostgresSessions::EndSession(db::Connection& connection,
                                  const db::Session& session) const {
  const db::Result ended = connection.Execute(
      "SELECT pg_catalog.pg_terminate_backend(a.pid) FROM "
      "pg_catalog.pg_stat_activity a WHERE a.pid = $1::int AND a.state IN "
      "('idle in transaction', 'idle in transaction (aborted)') AND "
      "pg_catalog.pg_has_role(a.usesysid, 'MEMBER') AND " +
          Utc("a.xact_start") + " = $2::text",
      {db::ToInt(db::Value(session.id)), session.since});
  return !ended.rows.empty() && db::ToInt(ended.rows[0].at(0)) != 0;
}

}  // namespace segue::postgres
