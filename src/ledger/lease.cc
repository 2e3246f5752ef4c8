#include "ledger/lease.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "base/clock.h"
#include "base/log.h"
#include "base/thread.h"
#include "db/retry.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

std::optional<Holder> Read(db::Connection& connection, const Ledger& ledger,
                           const std::string& suffix) {
  const db::Result found = connection.Execute(
      "SELECT token, session, host, pid, who, since, expires - " +
          ledger.dialect().capabilities().now_sql + " FROM " +
          ledger.TableNamed("lease") + " WHERE schema_name = $1" + suffix,
      {ledger.schema_name()});
  if (found.rows.empty()) return std::nullopt;
  const db::Row& row = found.rows[0];
  return Holder{db::ToInt(row[0]),
                db::ToText(row[1]),
                db::ToText(row[2]),
                db::ToInt(row[3]),
                db::ToText(row[4]),
                db::ToText(row[5]),
                static_cast<double>(db::ToInt(row[6]))};
}

// A process of this machine can be checked. A process of another machine counts
// as alive until its lease expires.
bool MayBeAlive(const Holder& holder) {
  if (holder.pid == 0 || holder.expires_in <= 0) return false;
  if (holder.host != HostName()) return true;
  return kill(static_cast<pid_t>(holder.pid), 0) == 0 || errno == EPERM;
}

[[noreturn]] void ThrowConflict(const std::optional<Holder>& holder) {
  throw Error(ErrorKind::kConflict,
              "another runner is at work" +
                  (holder ? ": " + holder->ToString() : std::string()))
      .WithHint(
          "wait for it, or stop it with 'segue pause' or 'segue cancel'; a "
          "dead one is taken over when its lease expires");
}

// A session that has the lock, but is not the runner of the lease row, may be
// of anybody: the lock needs no privilege.
[[noreturn]] void ThrowLocked(const db::Session& lock) {
  throw Error(ErrorKind::kConflict,
              "the lock of the runner is held by " + db::SessionText(lock) +
                  ", and no runner has a lease that is live")
      .WithHint(
          "a runner that begins or ends holds it for a moment: try again; "
          "otherwise end that session");
}

}  // namespace

std::string Holder::ToString() const {
  return fmt::format("{}:{} ({}, since {})", host, pid, who, since);
}

Lease::Lease(Database& database, const Ledger& ledger)
    : database_(database), ledger_(ledger) {
  Take(false);
  if (database_.dialect().capabilities().heartbeat_session) {
    heartbeat_ = base::StartThread([this] { Heartbeat(); });
  }
}

Lease::~Lease() {
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (heartbeat_.joinable()) heartbeat_.join();
  try {
    if (!database_.connection().alive()) return;
    database_.connection().Execute("UPDATE " + ledger_.TableNamed("lease") +
                                       " SET expires = 0, pid = 0"
                                       " WHERE schema_name = $1 AND token = $2",
                                   {ledger_.schema_name(), token_});
  } catch (const std::exception& error) {
    base::Log(base::LogLevel::kWarning,
              std::string("the lease was not given back: ") + error.what());
  }
}

// A run executes what the ledger holds, so the rights on it are read first.
void Lease::Take(bool again) {
  database_.dialect().RequireSafeLedger(database_.connection(),
                                        db::LedgerUse::kRun);
  TakeLock(again);
  // A client may hold the lock on a small database for a moment.
  db::Retry(base::SystemClock(), {}, [&] {
    db::Connection& connection = database_.connection();
    const auto budget = database_.dialect().capabilities().lock_budget;
    db::TransactionOptions options{db::Purpose::kLedger, budget};
    // After a failover no other runner may get the same token.
    options.confirmed = true;
    db::Transaction transaction(connection, options);
    const std::int64_t token = ClaimToken(again);
    Write(token);
    transaction.Commit();
    // After a reconnection the token is the same, and the heartbeat reads it
    // meanwhile, so it is not written.
    if (!again) token_ = token;
  });
}

db::Connection& Lease::LockSession() {
  if (!database_.connection().pooled()) return database_.connection();
  if (!lock_session_) lock_session_ = database_.NewConnection("lock");
  return *lock_session_;
}

void Lease::TakeLock(bool again) {
  db::Connection& connection = LockSession();
  const db::Dialect& dialect = database_.dialect();
  const std::string& schema = ledger_.schema_name();
  lock_ = dialect.TryLockRunner(connection, schema, "");
  if (lock_ != nullptr) return;
  const auto holder = Read(database_.connection(), ledger_, "");
  // The server may not have noticed yet that our session is lost. It may be
  // ended, because it is ours.
  const bool ours = again && holder && holder->token == token_;
  if (!ours && (!holder || holder->expires_in > 0)) Refuse(holder);
  lock_ = dialect.TryLockRunner(connection, schema, holder->session);
  if (lock_ == nullptr) Refuse(holder);
}

void Lease::Refuse(const std::optional<Holder>& holder) const {
  const auto lock = database_.dialect().RunnerLockHolder(database_.connection(),
                                                         ledger_.schema_name());
  const bool by_runner = holder && (!lock || holder->session == lock->id);
  if (lock && !by_runner) ThrowLocked(*lock);
  ThrowConflict(holder);
}

// Returns the token for this runner: its own token after a reconnection,
// otherwise the last token plus one.
std::int64_t Lease::ClaimToken(bool again) const {
  const auto holder = Read(database_.connection(), ledger_, "");
  if (!holder) return 1;
  if (again && holder->token == token_) return token_;
  if (again) ThrowConflict(holder);
  // Without session locks only the row says who runs.
  const bool row_decides = !database_.dialect().capabilities().session_locks;
  if (row_decides && MayBeAlive(*holder)) ThrowConflict(holder);
  return holder->token + 1;
}

void Lease::Write(std::int64_t token) {
  db::Connection& connection = database_.connection();
  db::Put(connection, database_.dialect(),
          {ledger_.TableNamed("lease"),
           {{"schema_name", ledger_.schema_name()}},
           {{"token", token},
            {"session", LockSession().SessionId()},
            {"host", HostName()},
            {"pid", std::int64_t{getpid()}},
            {"who", ledger_.who()},
            {"since", base::FormatUtc(base::SystemClock().WallTime())},
            db::Upsert::Computed(
                "expires", database_.dialect().capabilities().now_sql + " + " +
                               std::to_string(ledger_.lease().count()))}});
}

void Lease::Reconnect() {
  lock_.reset();  // it refers to the lost session
  lock_session_.reset();
  database_.Reconnect();
  Take(true);
}

void Lease::Fence(db::Connection& connection) {
  const auto& capabilities = database_.dialect().capabilities();
  const auto holder = Read(connection, ledger_, capabilities.for_share);
  if (!holder || holder->token != token_) ThrowConflict(holder);
  // Without a heartbeat each fenced transaction renews the lease. On such a
  // database it is the only writer, so nobody waits for that.
  if (!capabilities.heartbeat_session) Renew(connection);
}

void Lease::Renew(db::Connection& connection) const {
  connection.Execute(
      "UPDATE " + ledger_.TableNamed("lease") +
          " SET expires = " + database_.dialect().capabilities().now_sql +
          " + " + std::to_string(ledger_.lease().count()) +
          " WHERE schema_name = $1 AND token = $2",
      {ledger_.schema_name(), token_});
}

void Lease::Heartbeat() {
  std::unique_ptr<db::Connection> connection;
  std::unique_lock<std::mutex> guard(mutex_);
  const std::chrono::milliseconds lease = ledger_.lease();
  while (!wake_.wait_for(guard, lease / 4, [this] { return stopping_; })) {
    guard.unlock();
    try {
      if (!connection || !connection->alive()) {
        connection = database_.NewConnection("heartbeat");
      }
      Renew(*connection);
    } catch (const std::exception& error) {
      // A missed heartbeat is not a failure, because the work itself is fenced.
      base::Log(base::LogLevel::kWarning,
                std::string("heartbeat: ") + error.what());
    }
    guard.lock();
  }
}

std::optional<Holder> Lease::Last(db::Connection& connection,
                                  const Ledger& ledger) {
  return Read(connection, ledger, "");
}

std::optional<Holder> Lease::Live(db::Connection& connection,
                                  const Ledger& ledger) {
  const auto holder = Read(connection, ledger, "");
  if (!holder || !MayBeAlive(*holder)) return std::nullopt;
  return holder;
}

}  // namespace segue::engine
