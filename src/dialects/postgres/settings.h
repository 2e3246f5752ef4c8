// SQL for the settings that segue's sessions and transactions pin.
#pragma once

#include <string>

#include "db/connection.h"

namespace segue::postgres {

// Returns several statements. `server_version` is as libpq gives it: 150018.
std::string SessionSettings(int server_version);

// Returns a statement that sets deadlock_timeout if this session may do so.
std::string DeadlockTimeoutSql(int server_version);

// Returns several statements that begin a transaction in one round trip.
std::string BeginSql(const db::TransactionOptions& options);

}  // namespace segue::postgres
