#include "cli/find_migration.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <vector>

#include "base/text.h"
#include "segue/error.h"

namespace segue::cli {

namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kEndings = {".yaml", ".yml", ".json"};

bool IsFile(const fs::path& path) {
  std::error_code no;
  return fs::is_regular_file(path, no);
}

std::optional<fs::path> FileAt(const fs::path& start) {
  if (IsFile(start)) return start;
  for (const std::string& ending : kEndings) {
    fs::path path = start.string() + ending;
    if (IsFile(path)) return path;
  }
  return std::nullopt;
}

std::vector<std::string> MigrationNames(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code ignored;  // without the directory there are no names
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const fs::path& path = entry.path();
    if (!base::Contains(kEndings, path.extension().string())) continue;
    names.push_back(path.filename().string());
  }
  std::sort(names.begin(), names.end(), base::NumberedLess);
  return names;
}

// Returns the digits in front without leading zeros; empty: there are none.
std::string NumberOf(const std::string& name) {
  const auto is_digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  const auto end = std::find_if_not(name.begin(), name.end(), is_digit);
  const auto begin =
      std::find_if(name.begin(), end, [](char c) { return c != '0'; });
  return begin == end && name.begin() != end ? "0" : std::string(begin, end);
}

bool IsNumber(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
  });
}

// Returns those that have the number; or, where none has, the text.
std::vector<std::string> Fitting(const std::string& name,
                                 const std::vector<std::string>& names) {
  std::vector<std::string> fitting;
  const auto keep = [&](const auto& fits) {
    std::copy_if(names.begin(), names.end(), std::back_inserter(fitting), fits);
  };
  if (IsNumber(name)) {
    keep([&](const std::string& one) {
      return NumberOf(one) == NumberOf(name);
    });
  }
  if (!fitting.empty() || name.empty()) return fitting;
  keep([&](const std::string& one) {
    return fs::path(one).stem().string().find(name) != std::string::npos;
  });
  return fitting;
}

}  // namespace

std::vector<std::string> MigrationsIn(const fs::path& folder) {
  std::vector<std::string> names;
  for (const std::string& file : MigrationNames(folder)) {
    names.push_back(fs::path(file).stem().string());
  }
  return names;
}

fs::path FindMigration(const Context& context, const Settings& settings,
                       const std::string& name) {
  for (const fs::path& start :
       {context.around.directory / name, settings.migrations / name}) {
    if (auto file = FileAt(start)) return *file;
  }
  const std::vector<std::string> names = MigrationNames(settings.migrations);
  const std::vector<std::string> fitting = Fitting(name, names);
  if (fitting.size() == 1) return settings.migrations / fitting[0];
  if (fitting.size() > 1) {
    throw Error(ErrorKind::kUsage,
                "\"" + name +
                    "\" fits several migrations: " + base::Join(fitting, ", "))
        .WithHint("give more of the name");
  }
  Error error(ErrorKind::kUsage, "no migration file \"" + name +
                                     "\", neither here nor in " +
                                     settings.migrations.string());
  const std::string near = base::Nearest(name, names);
  if (!near.empty()) error.WithHint("did you mean " + near + "?");
  throw error;
}

}  // namespace segue::cli
