// The URL with which an application sees a published version.
#pragma once

#include <string>
#include <vector>

#include "db/url.h"

namespace segue::postgres {

// Returns the URL with options=-csearch_path=<path> added, unless the path is
// empty; other options stay. The URL works with every client that is built on
// libpq, so it has no parameter of segue's own.
std::string VersionUrl(db::Url url, const std::vector<std::string>& path);

}  // namespace segue::postgres
