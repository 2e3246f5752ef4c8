// At most one runner works at a time. The lease row names the runner and has a
// fencing token. On databases with session locks the lock decides, and the row
// only tells a takeover which session to end.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "db/dialect.h"
#include "ledger/ledger.h"
#include "segue/database.h"

namespace segue::engine {

// The content of the lease row.
struct Holder {
  std::int64_t token = 0;
  std::string session;
  std::string host;
  std::int64_t pid = 0;
  std::string who;
  std::string since;
  double expires_in = 0;  // seconds on the database's clock; negative: past

  // Returns "host:pid (who, since ...)".
  std::string ToString() const;
};

// Holds the lease from construction to destruction. On a database that takes
// several sessions, a thread of the lease renews the row; elsewhere every
// fenced transaction renews it. Apart from that thread, all methods must be
// called on the thread that runs the migration.
class Lease {
 public:
  // Throws Error{kConflict}, which names the other runner, when there is one.
  Lease(Database& database, const Ledger& ledger);
  ~Lease();
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  // Joins the open transaction of `connection`. Throws Error{kConflict} when
  // another runner has taken the lease over, and prevents a takeover until the
  // commit.
  void Fence(db::Connection& connection);

  // Replaces a lost session by a new one and takes the session lock again.
  // Throws Error{kConflict} when another runner has taken over.
  void Reconnect();

  // Returns what the row says, even if that runner does not hold the lease any
  // more.
  static std::optional<Holder> Last(db::Connection& connection,
                                    const Ledger& ledger);
  // Returns who holds the lease now; nullopt when nobody does, or only an
  // expired or dead runner.
  static std::optional<Holder> Live(db::Connection& connection,
                                    const Ledger& ledger);

 private:
  void Take(bool again);
  void TakeLock(bool again);
  // Returns the session that has the lock: our own, or behind a pooler one that
  // does nothing else.
  db::Connection& LockSession();
  // Throws Error{kConflict}, which names who has the lock.
  [[noreturn]] void Refuse(const std::optional<Holder>& holder) const;
  std::int64_t ClaimToken(bool again) const;
  void Write(std::int64_t token);
  void Renew(db::Connection& connection) const;
  void Heartbeat();

  Database& database_;
  const Ledger& ledger_;
  std::int64_t token_ = 0;
  std::unique_ptr<db::Connection> lock_session_;  // null: the database's
  std::unique_ptr<db::RunnerLock> lock_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::jthread heartbeat_;
};

}  // namespace segue::engine
