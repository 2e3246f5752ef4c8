// An error as text for people.
#pragma once

#include <string>

#include "segue/error.h"

namespace segue::report {

// Returns "segue: message", followed by lines with the place, the notes, the
// SQL and the hint.
std::string ErrorText(const Error& error);

}  // namespace segue::report
