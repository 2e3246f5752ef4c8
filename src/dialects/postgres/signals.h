// The queries by which the throttle reads the signals of the server.
#pragma once

#include <vector>

#include "db/language.h"

namespace segue::postgres {

std::vector<db::SignalSql> Signals();
std::string ServerSql();

}  // namespace segue::postgres
