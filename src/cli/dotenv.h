// Parses a .env file with NAME=value lines, as other tools of a project do.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace segue::cli {

// Accepts `export NAME=value`, comments, and values in single quotes, which are
// literal, or in double quotes, where \n, \t, \" and \\ are escapes. Nothing is
// expanded. Throws Error{kUsage} with file and line, but never with the value.
std::map<std::string, std::string> ParseDotEnv(std::string_view text,
                                               const std::string& file);

}  // namespace segue::cli
