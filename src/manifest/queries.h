// Reads files of queries, for the commands that explain them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace segue::manifest {

// Returns the statements between the semicolons, without comments. Throws
// Error{kUsage}, which names file and line, when there is no statement, when a
// string or comment does not end, and when a statement is no query.
std::vector<std::string> ParseQueries(std::string_view text,
                                      const std::string& file);

std::vector<std::string> LoadQueries(const std::string& path);

}  // namespace segue::manifest
