// The standbys that were given, which the gate asks one by one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "backfill/standby.h"
#include "engine/context.h"

namespace segue::engine {

// Calls `ask` for each standby. Returns, in words and by its name without the
// password, each that cannot be asked: nobody answers there, it is no standby
// of the database, or it was lost meanwhile. Throws Error{kUsage} for a bad
// URL.
std::vector<std::string> AskStandbys(
    const Context& context, const std::function<void(const Standby&)>& ask);

// Runs what asks the standby of this name. Returns the same words when it
// cannot be asked, and otherwise an empty text.
std::string WhyNotAsked(const std::string& name,
                        const std::function<void()>& ask);

}  // namespace segue::engine
