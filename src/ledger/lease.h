// One runner at a time. The lease row says who it is and carries a fencing
// token; on databases with session locks the lock is the truth and the row
// tells a takeover whom to end.
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

// The lease row.
struct Holder {
  std::int64_t token = 0;
  std::string session;
  std::string host;
  std::int64_t pid = 0;
  std::string who;
  std::string since;
  double expires_in = 0;  // seconds, by the database's clock; negative: past

  std::string ToString() const;  // "host:pid (who, since ...)"
};

// Holds the lease from construction to destruction. While it lives, a thread
// of its own renews the row where the database takes several sessions;
// elsewhere every fenced transaction renews it.
class Lease {
 public:
  // Throws Error{kConflict} that names the runner there is.
  Lease(Database& database, const Ledger& ledger);
  ~Lease();
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  // Joins the open transaction of `connection`: throws Error{kConflict} when
  // the lease was taken over, and keeps it from being so until the commit.
  void Fence(db::Connection& connection);

  // Replaces a lost session by a new one and takes the session lock again.
  // Throws kConflict when another runner has taken over.
  void Reconnect();

  // What the row says, whether that one still holds the lease or not.
  static std::optional<Holder> Last(db::Connection& connection,
                                    const Ledger& ledger);
  // Whoever holds the lease now; nullopt: nobody, or an expired or dead one.
  static std::optional<Holder> Live(db::Connection& connection,
                                    const Ledger& ledger);

 private:
  void Take(bool again);
  void TakeLock(bool again);
  std::int64_t ClaimToken(bool again) const;
  void Write(std::int64_t token);
  void Renew(db::Connection& connection) const;
  void Heartbeat();

  Database& database_;
  const Ledger& ledger_;
  std::int64_t token_ = 0;
  std::unique_ptr<db::RunnerLock> lock_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::jthread heartbeat_;
};

}  // namespace segue::engine
