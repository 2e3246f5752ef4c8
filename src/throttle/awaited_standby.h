// The synchronous standbys for which commits wait in vain.
#pragma once

#include <string>

#include "db/language.h"

namespace segue::engine {

// Returns the names of those that are away; empty when no commit waits.
std::string AwaitedStandby(db::Connection& connection,
                           const db::Language& language);

// Throws Error{kRefused} when there is one, because a run would hang in its
// first commit.
void RefuseAwaitedStandby(db::Connection& connection,
                          const db::Language& language);

}  // namespace segue::engine
