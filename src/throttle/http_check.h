// Asking a URL whether rows may be moved.
#pragma once

#include <string>

#include "throttle/pace.h"

namespace segue::engine {

// Answers a number in the body as the value; otherwise 0 for a status of 2xx
// and 1 for any other. No value when there is no answer within two seconds.
engine::Reading CheckHttp(const std::string& url);

}  // namespace segue::engine
