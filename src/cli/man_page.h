// The manual page segue(1), made from the table of commands.
#pragma once

#include <string>

namespace segue::cli {

// In the man macros of groff.
std::string ManPage();

}  // namespace segue::cli
