// The settings that segue's sessions and transactions pin, as SQL.
#pragma once

#include <string>

#include "db/connection.h"

namespace segue::postgres {

// Several statements. `server_version` as libpq gives it: 150018.
std::string SessionSettings(int server_version);

// Sets deadlock_timeout where this session may.
std::string DeadlockTimeoutSql(int server_version);

// Several statements that begin a transaction, in one round trip.
std::string BeginSql(const db::TransactionOptions& options);

}  // namespace segue::postgres
