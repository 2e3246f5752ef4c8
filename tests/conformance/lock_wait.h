// Sessions that wait for each other on PostgreSQL.
#pragma once

#include <string>
#include <thread>

#include "tests/support/client.h"

namespace segue::test {

// Returns once a session of the database waits for a lock.
inline void WaitForALock(Client& client) {
  WaitUntil(client,
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = "
            "current_database() AND wait_event_type = 'Lock'",
            "t");
}

// Lets `sql` of `waiting` wait for a row that `holder` has written, commits
// that, and returns the error of `sql`; empty: none. `looks` is a third client.
inline std::string ErrorBehind(Client& looks, Client& holder, Client& waiting,
                               const std::string& sql) {
  std::string error = "nothing came of it";
  std::thread other([&] { error = waiting.ErrorOf(sql); });
  WaitForALock(looks);
  holder.Query("COMMIT");
  other.join();
  return error;
}

}  // namespace segue::test
