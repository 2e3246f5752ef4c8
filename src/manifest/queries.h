// Files of queries, for what asks how they would run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace segue::manifest {

// The statements between the semicolons, without comments around or in them.
// Throws Error{kUsage} naming file and line: nothing in it, a string or comment
// that does not end, a statement that is no query.
std::vector<std::string> ParseQueries(std::string_view text,
                                      const std::string& file);

std::vector<std::string> LoadQueries(const std::string& path);

}  // namespace segue::manifest
