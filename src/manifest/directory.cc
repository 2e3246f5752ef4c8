// Reads a directory of migrations.
#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "manifest/document.h"
#include "manifest/manifest.h"
#include "segue/error.h"

namespace segue::manifest {
namespace {

namespace fs = std::filesystem;

bool IsMigrationName(const fs::path& path) {
  if (path.filename().string().starts_with(".")) return false;
  const std::string ending = base::ToLower(path.extension().string());
  return ending == ".yaml" || ending == ".yml" || ending == ".json" ||
         ending == ".sql";
}

std::vector<std::string> MigrationPaths(const std::string& directory) {
  std::error_code failure;
  fs::directory_iterator entries(directory, failure);
  if (failure) {
    throw Error(ErrorKind::kUsage, "the migrations directory " + directory +
                                       " cannot be read: " + failure.message())
        .WithHint("'segue init' makes one; --dir names another");
  }
  std::vector<std::string> paths;
  for (const fs::directory_entry& entry : entries) {
    if (IsMigrationName(entry.path())) paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end(),
            [](const std::string& a, const std::string& b) {
              const std::string left = Stem(a);
              const std::string right = Stem(b);
              return left == right ? a < b : base::NumberedLess(left, right);
            });
  return paths;
}

// Returns "A: message" for every file that cannot be used.
std::vector<std::string> TwinComplaints(const std::vector<std::string>& paths) {
  std::vector<std::string> complaints;
  for (std::size_t i = 1; i < paths.size(); ++i) {
    if (Stem(paths[i]) != Stem(paths[i - 1])) continue;
    complaints.push_back(paths[i] + ": its name is also that of " +
                         fs::path(paths[i - 1]).filename().string() +
                         "; a migration's id is its file's name without the "
                         "ending");
  }
  return complaints;
}

[[noreturn]] void ThrowBroken(const std::string& directory,
                              const std::vector<std::string>& complaints) {
  const bool one = complaints.size() == 1;
  Error error(ErrorKind::kUsage, one ? complaints.front()
                                     : std::to_string(complaints.size()) +
                                           " files of " + directory +
                                           " cannot be used");
  if (!one) {
    for (const std::string& complaint : complaints) error.WithNote(complaint);
  }
  throw error;
}

}  // namespace

std::vector<Migration> LoadDirectory(const std::string& directory) {
  const std::vector<std::string> paths = MigrationPaths(directory);
  std::vector<std::string> complaints = TwinComplaints(paths);
  std::vector<Migration> migrations;
  for (const std::string& path : paths) {
    try {
      migrations.push_back(LoadFile(path));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kUsage) throw;
      complaints.push_back(error.what());
    }
  }
  if (!complaints.empty()) ThrowBroken(directory, complaints);
  return migrations;
}

}  // namespace segue::manifest
