// Writes files for the user.
#pragma once

#include <filesystem>
#include <string>

namespace segue::cli {

// Throws Error{kRefused} with `hint` when the file exists, and Error{kUsage}
// when it cannot be written.
void WriteNewFile(const std::filesystem::path& path, const std::string& text,
                  const std::string& hint);

// Creates the directory and its parents, if they do not exist.
void MakeDirectory(const std::filesystem::path& path);

}  // namespace segue::cli
