#include "dialects/postgres/signals.h"

namespace segue::postgres {
namespace {

// These are segue's own sessions. Every role may see an application's name.
constexpr const char* kOurs =
    "(SELECT pid FROM pg_catalog.pg_stat_activity "
    "WHERE application_name LIKE 'segue%' "
    "AND datname = pg_catalog.current_database())";

constexpr const char* kStats = "pg_read_all_stats (member of pg_monitor)";

// The sessions of other roles are hidden from an ordinary role. A count of the
// visible ones would say that all is well, so it is NULL then.
std::string IfSeen(const std::string& number) {
  return "CASE WHEN pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', "
         "'USAGE') THEN (" +
         number + ")::float8 END";
}

// Counts standbys that replay, without backups, pg_receivewal, and the first
// copies of a table, which come and go. Hidden rows have no state.
std::string Standbys(const std::string& number) {
  return "SELECT application_name || coalesce(' (' || host(client_addr) || "
         "')', '') || CASE WHEN n > 1 THEN ' #' || n ELSE '' END, " +
         number +
         " FROM (SELECT *, row_number() OVER (PARTITION BY application_name, "
         "client_addr ORDER BY backend_start, pid) AS n "
         "FROM pg_catalog.pg_stat_replication "
         "WHERE coalesce(state, '') <> 'backup' "
         "AND (replay_lsn IS NOT NULL OR state IS NULL) "
         "AND application_name !~ '^pg_[0-9]+_sync_') s";
}

// A standby that has replayed everything reports no lag.
std::string LagSql() {
  return Standbys(
      "CASE WHEN state IS NOT NULL THEN "
      "coalesce(extract(epoch FROM replay_lag), 0)::float8 END");
}

// The backlog is what the standby has not replayed yet, also while its replay
// stands still. On a standby itself there is no current position, and it has
// nothing to wait for.
std::string BacklogSql() {
  return Standbys(
      "CASE WHEN state IS NOT NULL AND NOT pg_catalog.pg_is_in_recovery() THEN "
      "greatest(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), "
      "replay_lsn), 0)::float8 END");
}

std::string LockWaitsSql() {
  return std::string(
             "SELECT '', pg_catalog.count(DISTINCT l.pid)::float8 "
             "FROM pg_catalog.pg_locks l WHERE NOT l.granted AND l.pid NOT "
             "IN ") +
         kOurs;
}

std::string BlockedSql() {
  return std::string("WITH ours AS MATERIALIZED ") + kOurs +
         ", waiting AS MATERIALIZED (SELECT DISTINCT pid FROM "
         "pg_catalog.pg_locks WHERE NOT granted AND pid NOT IN (SELECT pid "
         "FROM ours)) SELECT '', pg_catalog.count(*)::float8 FROM waiting w "
         "WHERE pg_catalog.pg_blocking_pids(w.pid) && "
         "ARRAY(SELECT pid FROM ours)";
}

// Counts sessions of clients, without segue's own.
std::string OtherSessions(const std::string& condition) {
  return "FROM pg_catalog.pg_stat_activity WHERE " + condition +
         " AND backend_type = 'client backend' "
         "AND application_name NOT LIKE 'segue%'";
}

std::string ActiveSql() {
  return "SELECT '', " + IfSeen("SELECT pg_catalog.count(*) " +
                                OtherSessions("state = 'active'"));
}

// Counts the sessions of all databases that worked within the last second,
// because they share the machine.
std::string ForegroundSql() {
  return "SELECT '', " +
         IfSeen("SELECT EXISTS (SELECT " +
                OtherSessions("(state = 'active' OR state_change > "
                              "pg_catalog.clock_timestamp() - "
                              "'1 second'::interval)") +
                ")::integer");
}

std::string ConnectionsSql() {
  return "SELECT '', 100.0::float8 * pg_catalog.sum(numbackends)::float8 / "
         "pg_catalog.current_setting('max_connections')::float8 "
         "FROM pg_catalog.pg_stat_database";
}

std::string ArchiveSql() {
  return "SELECT '', CASE WHEN pg_catalog.current_setting('archive_mode') = "
         "'off' THEN 0 ELSE (SELECT pg_catalog.count(*) FROM "
         "pg_catalog.pg_ls_archive_statusdir() WHERE name LIKE '%.ready') "
         "END::float8";
}

// The snapshot of a vacuum does not hold back other vacuums.
std::string OldSnapshotSql() {
  return "SELECT '', " +
         IfSeen(
             "SELECT coalesce(pg_catalog.max(extract(epoch FROM "
             "pg_catalog.clock_timestamp() - since)), 0) FROM ("
             "SELECT xact_start AS since FROM pg_catalog.pg_stat_activity "
             "WHERE (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL) "
             "AND backend_type <> 'autovacuum worker' "
             "AND application_name NOT LIKE 'segue%' UNION ALL "
             "SELECT prepared FROM pg_catalog.pg_prepared_xacts) t");
}

// Counts the standbys that are missing for a commit, and names those that are
// away. The names, of which some number has to confirm, are in the setting:
// 'a, b', 'FIRST 2 (a, b)', 'ANY 1 (a, b)', or '*' for every standby. Every
// role may see the name of a standby's session. What segue's own sessions set
// does not count.
std::string SynchronousStandbySql() {
  return "WITH s AS (SELECT pg_catalog.current_setting("
         "'synchronous_standby_names') AS text), "
         "wanted AS (SELECT pg_catalog.btrim(pg_catalog.lower(name), ' \"') AS "
         "name FROM s, pg_catalog.regexp_split_to_table(coalesce("
         "pg_catalog.substring(text, '\\((.*)\\)'), text), ',') name), "
         "found AS (SELECT pg_catalog.lower(application_name) AS name FROM "
         "pg_catalog.pg_stat_replication WHERE coalesce(state, '') NOT IN "
         "('backup', 'stopping') AND application_name !~ "
         "'^pg_[0-9]+_sync_'), "
         "away AS (SELECT name FROM wanted WHERE NOT EXISTS (SELECT FROM found "
         "WHERE found.name = wanted.name OR wanted.name = '*')) "
         "SELECT '', CASE WHEN text = '' OR pg_catalog.pg_is_in_recovery() OR "
         "(SELECT reset_val FROM pg_catalog.pg_settings WHERE name = "
         "'synchronous_commit') IN ('off', 'local') THEN 0 ELSE "
         "greatest(coalesce(pg_catalog.substring(text, "
         "'([0-9]+)[ ]*\\(')::integer, 1) - (SELECT pg_catalog.count(*) FROM "
         "found WHERE EXISTS (SELECT FROM wanted WHERE wanted.name IN "
         "(found.name, '*'))), 0) END::float8, (SELECT pg_catalog.string_agg("
         "CASE name WHEN '*' THEN 'any standby' ELSE name END, ', ' ORDER BY "
         "name) FROM away) FROM s";
}

std::string DiskSql() {
  return "SELECT pg_catalog.current_setting('data_directory'), 0 UNION ALL "
         "SELECT nullif(pg_catalog.pg_tablespace_location(oid), ''), 0 "
         "FROM pg_catalog.pg_tablespace";
}

}  // namespace

// A standby that takes over begins another timeline of the log, and the first
// eight digits of a log file's name are the timeline.
std::string ServerSql() {
  return "SELECT CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN "
         "pg_catalog.left(pg_catalog.pg_walfile_name("
         "pg_catalog.pg_current_wal_insert_lsn()), 8) END";
}

std::vector<db::SignalSql> Signals() {
  return {{"replication_lag", LagSql(), kStats},
          {"replication_backlog", BacklogSql(), kStats},
          {"lock_waits", LockWaitsSql(), ""},
          {"blocked_sessions", BlockedSql(), ""},
          {"active_sessions", ActiveSql(), kStats},
          {"foreground", ForegroundSql(), kStats},
          {"connections", ConnectionsSql(), ""},
          {"archive_backlog", ArchiveSql(), "pg_monitor"},
          {"old_snapshot", OldSnapshotSql(), kStats},
          {"synchronous_standby_away", SynchronousStandbySql(), ""},
          {"disk_free", DiskSql(), "pg_read_all_settings (or pg_monitor)"}};
}

}  // namespace segue::postgres
