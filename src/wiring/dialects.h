// The only table that names the databases.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "db/dialect.h"

namespace segue::wiring {

// Returns the dialect for a URL's scheme. Throws Error{kUsage}, which names the
// known schemes.
std::shared_ptr<const db::Dialect> DialectFor(const std::string& scheme);

// Wraps every dialect that is returned from now on, for tests that inject
// faults.
using Wrapper =
    std::shared_ptr<const db::Dialect> (*)(std::shared_ptr<const db::Dialect>);
void SetDialectWrapper(Wrapper wrapper);

}  // namespace segue::wiring
