// Files that commands write for their user.
#pragma once

#include <filesystem>
#include <string>

namespace segue::cli {

// Throws Error{kRefused} with `hint` when it exists, kUsage when it cannot be
// written.
void WriteNewFile(const std::filesystem::path& path, const std::string& text,
                  const std::string& hint);

// Makes the directory and those above it, if they are not there.
void MakeDirectory(const std::filesystem::path& path);

}  // namespace segue::cli
