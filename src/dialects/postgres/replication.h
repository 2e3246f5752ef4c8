// The queries about streaming replication; see db::Replication.
#pragma once

#include <string>

#include "db/replication.h"

namespace segue::postgres {

db::ServerFacts Facts(db::Connection& connection);
std::string LogPosition(db::Connection& primary);
db::Replay ReplayTo(db::Connection& standby, const std::string& position);

}  // namespace segue::postgres
