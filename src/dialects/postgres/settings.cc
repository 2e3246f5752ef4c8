#include "dialects/postgres/settings.h"

#include <array>

namespace segue::postgres {
namespace {

// These settings may differ for a role or a database. TimeZone is not set,
// because transformations that depend on it must see what the application sees.
constexpr std::array kPinned = {
    "statement_timeout = 0",
    "lock_timeout = '500ms'",
    "idle_in_transaction_session_timeout = 0",
    // A policy that hides rows must be an error and not a false success.
    "row_security = off",
    "\"DateStyle\" = 'ISO'",
    "bytea_output = 'hex'",
    "extra_float_digits = 1",
    "standard_conforming_strings = on",
    "check_function_bodies = on",
    "client_min_messages = 'warning'",
    // A session that waits for a standby keeps its locks: a change of the
    // schema would keep everybody from the table for as long as a synchronous
    // standby is away, and a request to pause would hang. It need not wait. A
    // standby that takes over has the log up to some point, and with a later
    // transaction also every earlier one, so the ledger there always tells the
    // state that is there.
    "synchronous_commit = local",
    // Disabled sequential scans make a plan look expensive, so the server would
    // compile every chunk.
    "jit = off",
};

// These have no effect on a transaction that has begun.
constexpr const char* kForTransactions =
    "SET default_transaction_isolation = 'read committed'; "
    "SET default_transaction_read_only = off; "
    "SET default_transaction_deferrable = off; ";

// Returns the statements, each of which begins with `set`.
std::string Pin(const std::string& set, int server_version) {
  std::string sql;
  for (const char* setting : kPinned) sql += set + setting + "; ";
  if (server_version >= 170000) sql += set + "transaction_timeout = 0; ";
  return sql;
}

std::string Beginning(const db::TransactionOptions& options,
                      const BorrowedSession* borrowed) {
  const bool reads = options.purpose == db::Purpose::kRead;
  if (borrowed == nullptr) {
    return reads ? "BEGIN ISOLATION LEVEL REPEATABLE READ" : "BEGIN";
  }
  return std::string("BEGIN ISOLATION LEVEL ") +
         (reads ? "REPEATABLE READ" : "READ COMMITTED") + ", " +
         // A standby has no transactions that may write.
         (borrowed->on_standby ? "" : "READ WRITE, ") + "NOT DEFERRABLE; " +
         borrowed->settings;
}

std::string Setting(const char* name, const std::string& value) {
  return std::string("; SET LOCAL ") + name + " = " + value;
}

std::string LockTimeout(const db::TransactionOptions& options) {
  // 0 would mean "no limit".
  const auto millis = options.lock_budget.count();
  return Setting("lock_timeout",
                 millis > 0 ? "'" + std::to_string(millis) + "ms'" : "'500ms'");
}

std::string StatementTimeout(const db::TransactionOptions& options) {
  const auto millis = options.statement_budget.count();
  if (millis <= 0) return {};
  return Setting("statement_timeout", "'" + std::to_string(millis) + "ms'");
}

}  // namespace

std::string SessionSettings(int server_version) {
  std::string sql = Pin("SET ", server_version) + kForTransactions;
  if (server_version >= 140000) sql += "SET idle_session_timeout = 0; ";
  return sql;
}

std::string LocalSettings(int server_version) {
  return Pin("SET LOCAL ", server_version);
}

const char* const kBeforeDeadlock = R"sql((
    SELECT '0.75'::pg_catalog.float8 * s.reset_val::pg_catalog.float8
      * '1 ms'::pg_catalog.interval
    FROM pg_catalog.pg_settings s WHERE s.name = 'deadlock_timeout'))sql";

// The lock manager cancels an autovacuum that is in the way only after a wait
// of deadlock_timeout, whose default (1 s) is longer than our lock budget.
std::string DeadlockTimeoutSql(int server_version, bool local) {
  const std::string may =
      server_version >= 150000
          ? "pg_catalog.has_parameter_privilege('deadlock_timeout', 'SET')"
          : "(SELECT rolsuper FROM pg_catalog.pg_roles "
            "WHERE rolname = current_user)";
  return "SELECT CASE WHEN " + may +
         " THEN pg_catalog.set_config('deadlock_timeout', '100ms', " +
         (local ? "true" : "false") + ") END";
}

std::string BeginSql(const db::TransactionOptions& options,
                     const BorrowedSession* borrowed) {
  const std::string begin = Beginning(options, borrowed) + LockTimeout(options);
  switch (options.purpose) {
    case db::Purpose::kLedger:
    case db::Purpose::kSchema:
      // DEFAULT is what the server says for this role and database.
      return begin + StatementTimeout(options) +
             (options.confirmed ? Setting("synchronous_commit", "DEFAULT")
                                : "");
    case db::Purpose::kBackfill:
      // The commit need not be flushed, because the position of the walk is in
      // the same transaction. It never waits for a standby. Without statistics
      // the planner would scan the table for every chunk, so sequential scans
      // are off.
      return begin + Setting("segue.backfill", "'on'") +
             Setting("synchronous_commit", options.flush ? "local" : "off") +
             Setting("enable_seqscan", "off");
    case db::Purpose::kRead:
      return begin + StatementTimeout(options) +
             Setting("enable_seqscan", "off");
  }
  return begin;
}

}  // namespace segue::postgres
