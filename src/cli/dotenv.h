// The .env file: NAME=value lines, as other tools of a project read them.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace segue::cli {

// Takes `export NAME=value`, comments, and values in single quotes (as they
// stand) or double quotes (\n, \t, \" and \\ are escapes). Nothing is expanded.
// Throws Error{kUsage} with file and line, never with the value.
std::map<std::string, std::string> ParseDotEnv(std::string_view text,
                                               const std::string& file);

}  // namespace segue::cli
