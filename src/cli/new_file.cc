#include "cli/new_file.h"

#include <fstream>

#include "segue/error.h"

namespace segue::cli {

namespace fs = std::filesystem;

void WriteNewFile(const fs::path& path, const std::string& text,
                  const std::string& hint) {
  if (fs::exists(path)) {
    throw Error(ErrorKind::kRefused, path.string() + " exists already")
        .WithHint(hint);
  }
  std::ofstream file(path, std::ios::binary);
  file << text << std::flush;
  if (!file) {
    throw Error(ErrorKind::kUsage, path.string() + " cannot be written");
  }
}

void MakeDirectory(const fs::path& path) {
  std::error_code failure;
  fs::create_directories(path, failure);
  if (failure) {
    throw Error(ErrorKind::kUsage,
                path.string() + " cannot be made: " + failure.message());
  }
}

}  // namespace segue::cli
