#include "dialects/postgres/version_sessions.h"

#include "base/text.h"
#include "dialects/postgres/catalog.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/version_refusal.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

std::string Utc(const std::string& time) {
  return "coalesce(pg_catalog.to_char(" + time +
         " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), '')";
}

// The server shows the query, the state and the times only of sessions of roles
// that ours has the rights of.
std::string SessionsWhere(const std::string& condition) {
  return "SELECT a.pid::text, coalesce(a.usename, '')::text, "
         "coalesce(a.application_name, ''), coalesce(a.client_addr::text, ''), "
         "coalesce(a.query, ''), " +
         Utc("a.xact_start") + ", " + Utc("a.query_start") +
         " FROM pg_catalog.pg_stat_activity a WHERE a.datname = "
         "pg_catalog.current_database() AND a.pid <> "
         "pg_catalog.pg_backend_pid() AND " +
         condition + " ORDER BY a.backend_start, a.pid";
}

std::vector<db::Blocker> Sessions(db::Connection& connection,
                                  const std::string& condition,
                                  const std::vector<db::Value>& parameters) {
  std::vector<db::Blocker> sessions;
  for (const db::Row& values :
       connection.Execute(SessionsWhere(condition), parameters).rows) {
    RowReader row(values);
    db::Blocker session;
    session.session = row.Text();
    session.user = row.Text();
    session.application = row.Text();
    session.address = row.Text();
    session.query = row.Text();
    session.since = row.Text();
    session.query_start = row.Text();
    sessions.push_back(std::move(session));
  }
  return sessions;
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

std::vector<std::string> PostgresSessions::RefusingVersions(
    db::Connection& connection, const std::string& schema_name) const {
  return postgres::RefusingVersions(connection, schema_name);
}

std::vector<db::Blocker> PostgresSessions::VersionSessions(
    db::Connection& connection, const std::string& version_schema,
    const std::vector<std::string>& roles) const {
  std::vector<std::string> names = {"''"};
  for (const std::string& role : roles) names.push_back(Literal(role));
  return Sessions(
      connection,
      "(a.usename IN (" + base::Join(names, ", ") +
          ") OR EXISTS (SELECT FROM pg_catalog.pg_locks l JOIN "
          "pg_catalog.pg_class c ON c.oid = l.relation JOIN "
          "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE " +
          kHeldHere + " AND n.nspname = $1::text))",
      {version_schema});
}

std::vector<db::Blocker> PostgresSessions::IdleBlockers(
    db::Connection& connection, const schema::TableName& table,
    const std::string& mode) const {
  return Sessions(
      connection,
      "a.state IN ('idle in transaction', 'idle in transaction (aborted)') "
      "AND pg_catalog.pg_has_role(a.usesysid, 'MEMBER') AND EXISTS (SELECT "
      "FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = "
      "l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "WHERE " +
          std::string(kHeldHere) + " AND l.mode IN (" + KeepingOut(mode) +
          ") AND ((n.nspname = $1::text AND c.relname = $2::text) OR "
          "n.nspname = $3::text))",
      {table.schema, table.name, table.name});
}

// Between the look and the end the session may have gone on, or its number may
// belong to another one.
bool PostgresSessions::EndSession(db::Connection& connection,
                                  const db::Blocker& blocker) const {
  const db::Result ended = connection.Execute(
      "SELECT pg_catalog.pg_terminate_backend(a.pid) FROM "
      "pg_catalog.pg_stat_activity a WHERE a.pid = $1::int AND a.state IN "
      "('idle in transaction', 'idle in transaction (aborted)') AND "
      "pg_catalog.pg_has_role(a.usesysid, 'MEMBER') AND " +
          Utc("a.xact_start") + " = $2::text",
      {db::ToInt(db::Value(blocker.session)), blocker.since});
  return !ended.rows.empty() && db::ToInt(ended.rows[0].at(0)) != 0;
}

}  // namespace segue::postgres
