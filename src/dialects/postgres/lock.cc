#include "dialects/postgres/lock.h"

#include <charconv>
#include <chrono>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "dialects/postgres/catalog.h"
#include "dialects/postgres/sql.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

// A terminated session takes a moment to release its lock, and a busy session
// takes longer.
constexpr std::chrono::milliseconds kKillPatience{5000};
constexpr std::chrono::milliseconds kKillPoll{25};

// The second key has 31 bits, because the function takes signed integers and
// pg_locks shows unsigned ones.
std::int64_t KeyOf(const std::string& schema_name) {
  return static_cast<std::int64_t>(base::Fnv1a(schema_name) & 0x7fffffff);
}

bool TryLock(db::Connection& connection, std::int64_t key) {
  const char* sql =
      connection.pooled()
          ? "SELECT pg_catalog.pg_try_advisory_xact_lock($1::int, $2::int)"
          : "SELECT pg_catalog.pg_try_advisory_lock($1::int, $2::int)";
  const db::Result found =
      connection.Execute(sql, {std::int64_t{kLockClass}, key});
  return db::ToInt(found.rows.at(0).at(0)) != 0;
}

// Behind a pooler a transaction that stays open keeps the lock. It keeps the
// server's session from the other clients, too, and the server gives the lock
// up when the pooler loses us.
class TransactionLock final : public db::RunnerLock {
 public:
  explicit TransactionLock(db::Connection& connection)
      : transaction_(connection, {}) {}

 private:
  db::Transaction transaction_;
};

class AdvisoryLock final : public db::RunnerLock {
 public:
  AdvisoryLock(db::Connection& connection, std::int64_t key)
      : connection_(connection), key_(key) {}
  AdvisoryLock(const AdvisoryLock&) = delete;
  AdvisoryLock& operator=(const AdvisoryLock&) = delete;
  ~AdvisoryLock() override {
    if (!connection_.alive()) return;
    try {
      connection_.Execute(
          "SELECT pg_catalog.pg_advisory_unlock($1::int, $2::int)",
          {std::int64_t{kLockClass}, key_});
    } catch (const Error& error) {
      // The lock ends with the session, so this is only logged.
      base::Log(
          base::LogLevel::kWarning,
          std::string("cannot release the runner's lock: ") + error.what());
    }
  }

 private:
  db::Connection& connection_;
  std::int64_t key_;
};

// Ends the session if it still holds the lock, because its number may belong to
// another session by now. Returns false when there was nothing to end.
bool Kill(db::Connection& connection, std::int64_t key, std::int64_t session) {
  const db::Result ended = connection.Execute(
      "SELECT pg_catalog.pg_terminate_backend(l.pid) "
      "FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_database d "
      "ON d.oid = l.database AND d.datname = current_database() "
      "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 "
      "AND l.classid::bigint = $1::bigint AND l.objid::bigint = $2::bigint "
      "AND l.pid = $3::int",
      {std::int64_t{kLockClass}, key, session});
  return !ended.rows.empty();
}

bool LockAfterKill(db::Connection& connection, std::int64_t key,
                   std::int64_t session) {
  Kill(connection, key, session);
  base::Clock& clock = base::SystemClock();
  const auto deadline = clock.Now() + kKillPatience;
  while (clock.Now() < deadline) {
    if (TryLock(connection, key)) return true;
    clock.Sleep(kKillPoll);
  }
  return false;
}

constexpr const char* kHolderSql = R"sql(
SELECT l.pid::text, coalesce(a.usename, '')::text,
  coalesce(a.application_name, ''),
  coalesce(pg_catalog.host(a.client_addr), '')
FROM pg_catalog.pg_locks l
JOIN pg_catalog.pg_database d
  ON d.oid = l.database AND d.datname = pg_catalog.current_database()
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
  AND l.classid::bigint = $1::bigint AND l.objid::bigint = $2::bigint)sql";

// A name may also be that of a version, for whose views the lock is. The query
// includes prepared transactions, which hold locks without a session.
// Since version 14 they keep the virtual transaction of the session that
// prepared them, so that only the lock on their own number tells which is
// which.
constexpr const char* kBlockersSql = R"sql(
SELECT coalesce(a.pid::text, ''), coalesce(x.gid, ''),
  coalesce(a.usename, x.owner)::text, coalesce(a.query, ''),
  CASE WHEN a.backend_type = 'autovacuum worker' THEN 'autovacuum'
       ELSE coalesce(a.application_name, '') END,
  coalesce(pg_catalog.host(a.client_addr), ''),
  coalesce(to_char(coalesce(a.xact_start, x.prepared) AT TIME ZONE 'UTC',
    'YYYY-MM-DD"T"HH24:MI:SS"Z"'), ''),
  coalesce(extract(epoch FROM
    pg_catalog.clock_timestamp() - coalesce(a.xact_start, x.prepared)), 0)::float8
FROM (SELECT DISTINCT pid, virtualtransaction FROM pg_locks
  WHERE locktype = 'relation' AND granted
    AND (relation = pg_catalog.to_regclass(nullif($1, ''))::oid
      OR relation IN (SELECT h.inhrelid FROM pg_inherits h
        WHERE h.inhparent = pg_catalog.to_regclass(nullif($1, ''))::oid)
      OR relation IN (SELECT c.oid FROM pg_class c JOIN pg_namespace n
        ON n.oid = c.relnamespace WHERE n.nspname = $2)
      OR ($1 = '' AND mode = 'AccessExclusiveLock'))
    AND database = (SELECT oid FROM pg_database
      WHERE datname = current_database())
    AND pid IS DISTINCT FROM pg_backend_pid()) l
LEFT JOIN pg_stat_activity a ON a.pid = l.pid
LEFT JOIN pg_locks t ON l.pid IS NULL AND t.pid IS NULL
  AND t.locktype = 'transactionid'
  AND t.virtualtransaction = l.virtualtransaction
LEFT JOIN pg_prepared_xacts x ON x.transaction = t.transactionid
ORDER BY 8 DESC)sql";

double AsDouble(const std::string& text) {
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

std::unique_ptr<db::RunnerLock> TryLockRunner(db::Connection& connection,
                                              const std::string& schema_name,
                                              const std::string& kill_session) {
  const std::int64_t key = KeyOf(schema_name);
  std::unique_ptr<db::RunnerLock> lock;
  if (connection.pooled()) lock = std::make_unique<TransactionLock>(connection);
  const bool locked =
      TryLock(connection, key) ||
      (!kill_session.empty() &&
       LockAfterKill(connection, key, db::ToInt(db::Value(kill_session))));
  if (!locked) return nullptr;
  if (lock == nullptr) lock = std::make_unique<AdvisoryLock>(connection, key);
  return lock;
}

std::optional<db::Session> RunnerLockHolder(db::Connection& connection,
                                            const std::string& schema_name) {
  const db::Result found = connection.Execute(
      kHolderSql, {std::int64_t{kLockClass}, KeyOf(schema_name)});
  if (found.rows.empty()) return std::nullopt;
  RowReader row(found.rows[0]);
  db::Session holder;
  holder.id = row.Text();
  holder.user = row.Text();
  holder.application = row.Text();
  holder.address = row.Text();
  return holder;
}

std::vector<db::Session> Blockers(db::Connection& connection,
                                  const schema::TableName& table) {
  std::vector<db::Session> blockers;
  for (const db::Row& values :
       connection
           .Execute(kBlockersSql,
                    {table.name.empty() ? "" : Name(table), table.name})
           .rows) {
    RowReader row(values);
    db::Session blocker;
    blocker.id = row.Text();
    blocker.prepared = row.Text();
    blocker.user = row.Text();
    blocker.query = row.Text();
    blocker.application = row.Text();
    blocker.address = row.Text();
    blocker.since = row.Text();
    blocker.age_seconds = AsDouble(row.Text());
    blockers.push_back(std::move(blocker));
  }
  return blockers;
}

}  // namespace segue::postgres
