// The URL with which an application sees a published version.
#pragma once

#include <string>

#include "db/url.h"

namespace segue::postgres {

// Adds options=-csearch_path=<version>,<base>; keeps other options. The URL
// works with every client built on libpq.
std::string VersionUrl(db::Url url, const std::string& schema_name,
                       const std::string& version_schema);

}  // namespace segue::postgres
