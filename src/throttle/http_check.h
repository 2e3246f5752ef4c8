// The signal that asks a URL of the user's whether rows may be moved.
#pragma once

#include <string>

#include "throttle/pace.h"

namespace segue::engine {

// Requests the URL. The value of the reading is the number in the body if there
// is one, otherwise 0 for a status of 2xx and 1 for any other. Without an
// answer within two seconds, or the whole of it within four, the reading has no
// value. A user and password in the URL are sent; the reading never shows them.
Reading CheckHttp(const std::string& url);

}  // namespace segue::engine
