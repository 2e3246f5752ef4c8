#include "dialects/postgres/replication.h"

namespace segue::postgres {
namespace {

// The call is a statement of its own, because the server checks the privilege
// even when no branch calls the function.
std::string SystemIdentifier(db::Connection& connection) {
  const db::Result may = connection.Execute(
      "SELECT pg_catalog.has_function_privilege("
      "'pg_catalog.pg_control_system()', 'EXECUTE')");
  if (db::ToInt(may.rows.at(0).at(0)) == 0) return "";
  const db::Result found = connection.Execute(
      "SELECT system_identifier::text FROM pg_catalog.pg_control_system()");
  return db::ToText(found.rows.at(0).at(0));
}

// Leaves out backups and what logical subscribers copy at first.
std::vector<std::string> Standbys(db::Connection& primary) {
  std::vector<std::string> names;
  const db::Result found = primary.Execute(
      "SELECT DISTINCT application_name::text FROM "
      "pg_catalog.pg_stat_replication WHERE coalesce(state, '') <> 'backup' "
      "AND application_name !~ '^pg_[0-9]+_sync_' ORDER BY 1");
  for (const db::Row& row : found.rows) names.push_back(db::ToText(row[0]));
  return names;
}

}  // namespace

// Before PostgreSQL 15 the default collation does not tell its version.
db::ServerFacts Facts(db::Connection& connection) {
  const db::Row row =
      connection
          .Execute(
              "SELECT pg_catalog.pg_is_in_recovery(), "
              "pg_catalog.current_database(), "
              "coalesce((SELECT pg_catalog.pg_collation_actual_version(oid) "
              "FROM pg_catalog.pg_collation WHERE collname = 'default' "
              "AND collnamespace = 'pg_catalog'::regnamespace), '')")
          .rows.at(0);
  return {db::ToInt(row[0]) != 0, db::ToText(row[1]),
          SystemIdentifier(connection), db::ToText(row[2]),
          Standbys(connection)};
}

// The position includes what is not flushed yet, because others already see a
// commit that did not wait for the disk.
std::string LogPosition(db::Connection& primary) {
  return db::ToText(
      primary.Execute("SELECT pg_catalog.pg_current_wal_insert_lsn()::text")
          .rows.at(0)
          .at(0));
}

db::Replay ReplayTo(db::Connection& standby, const std::string& position) {
  const db::Row row =
      standby
          .Execute(
              "SELECT f, CASE WHEN f THEN pg_catalog.pg_is_wal_replay_paused() "
              "ELSE false END, greatest(pg_catalog.pg_wal_lsn_diff($1::pg_lsn, "
              "coalesce(pg_catalog.pg_last_wal_replay_lsn(), '0/0')), "
              "0)::bigint FROM (SELECT pg_catalog.pg_is_in_recovery() AS f) r",
              {position})
          .rows.at(0);
  return {db::ToInt(row[0]) != 0, db::ToInt(row[1]) != 0, db::ToInt(row[2])};
}

}  // namespace segue::postgres
