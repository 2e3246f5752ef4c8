// The URL with which an application sees a published version.
#pragma once

#include <string>

#include "db/url.h"

namespace segue::postgres {

// Returns the URL with options=-csearch_path=<version>,<base> added; other
// options stay. The URL works with every client that is built on libpq.
std::string VersionUrl(db::Url url, const std::string& schema_name,
                       const std::string& version_schema);

}  // namespace segue::postgres
