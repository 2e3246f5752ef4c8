// Makes the text of `segue help` from the table of commands.
#pragma once

#include <string>

#include "cli/commands.h"

namespace segue::cli {

std::string HelpText();
std::string HelpText(const Command& command);

}  // namespace segue::cli
