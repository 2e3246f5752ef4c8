// An error as people read it.
#pragma once

#include <string>

#include "segue/error.h"

namespace segue::report {

// "segue: message", then lines for its place, notes, SQL and hint.
std::string ErrorText(const Error& error);

}  // namespace segue::report
