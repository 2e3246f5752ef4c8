// What a session can ask the server to know how it is doing.
#pragma once

#include <vector>

#include "db/language.h"

namespace segue::postgres {

std::vector<db::SignalSql> Signals();

}  // namespace segue::postgres
