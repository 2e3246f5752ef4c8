// Makes the manual page segue(1) from the table of commands.
#pragma once

#include <string>

namespace segue::cli {

// Returns the page in the man macros of groff.
std::string ManPage();

}  // namespace segue::cli
