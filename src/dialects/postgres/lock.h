// The runner's lock, and who is in the way of one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "db/dialect.h"

namespace segue::postgres {

// As db::Dialect::TryLockRunner promises. The lock must be let go of before
// `connection` is.
std::unique_ptr<db::RunnerLock> TryLockRunner(db::Connection& connection,
                                              const std::string& schema_name,
                                              const std::string& kill_session);

std::vector<db::Blocker> Blockers(db::Connection& connection,
                                  const schema::TableName& table);

}  // namespace segue::postgres
