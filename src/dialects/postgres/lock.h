// The lock of the runner, and the sessions that block a lock.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "db/dialect.h"

namespace segue::postgres {

// The first key of all of segue's advisory locks: "sgue". The second is 0 for
// the ledger, and else that of the schema that is being migrated.
inline constexpr int kLockClass = 0x73677565;

// Does what db::Dialect::TryLockRunner promises. The lock must be released
// before `connection` is closed.
std::unique_ptr<db::RunnerLock> TryLockRunner(db::Connection& connection,
                                              const std::string& schema_name,
                                              const std::string& kill_session);

// Does what db::Dialect::RunnerLockHolder promises.
std::optional<db::Session> RunnerLockHolder(db::Connection& connection,
                                            const std::string& schema_name);

std::vector<db::Session> Blockers(db::Connection& connection,
                                  const schema::TableName& table);

}  // namespace segue::postgres
