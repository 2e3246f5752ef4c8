// SQL for the settings that segue's sessions and transactions pin.
#pragma once

#include <string>

#include "db/connection.h"

namespace segue::postgres {

// What each transaction sets for itself where its session is another client's
// before and after it.
struct BorrowedSession {
  std::string settings;  // statements, divided by "; "
  bool on_standby = false;
};

// Returns several statements. `server_version` is as libpq gives it: 150018.
std::string SessionSettings(int server_version);
// Returns the statements that pin the same in a transaction that has begun.
std::string LocalSettings(int server_version);

// A part of the time after which a session of an application looks for a
// deadlock, as an interval: the whole of our waits is over by then.
extern const char* const kBeforeDeadlock;

// Returns a statement that sets deadlock_timeout, for the session or for the
// transaction, if this role may do so.
std::string DeadlockTimeoutSql(int server_version, bool local);

// Returns several statements that begin a transaction in one round trip.
// `borrowed` is null where the session is our own.
std::string BeginSql(const db::TransactionOptions& options,
                     const BorrowedSession* borrowed = nullptr);

}  // namespace segue::postgres
