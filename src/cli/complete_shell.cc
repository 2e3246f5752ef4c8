// segue completion: prints the script for a shell, and the names that the
// script asks for.
#include <filesystem>
#include <set>

#include "base/text.h"
#include "base/visible.h"
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/settings.h"
#include "report/json.h"

namespace segue::cli {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> MigrationStems(const fs::path& directory) {
  std::set<std::string, decltype(&base::NumberedLess)> stems(
      &base::NumberedLess);
  std::error_code ignored;  // without the directory there are no names
  for (const auto& entry : fs::directory_iterator(directory, ignored)) {
    const std::string ending = entry.path().extension().string();
    if (ending == ".yaml" || ending == ".yml" || ending == ".json" ||
        ending == ".sql") {
      stems.insert(entry.path().stem().string());
    }
  }
  return {stems.begin(), stems.end()};
}

// A name that cannot be shown as it is on one line is left out, because a shell
// would offer something else.
std::string Lines(const std::vector<std::string>& names) {
  std::string lines;
  for (const std::string& name : names) {
    if (base::VisibleInLine(name) == name) lines += name + "\n";
  }
  return lines;
}

}  // namespace

int RunCompletion(const Context& context) {
  const std::string list = context.arguments.Value("--list");
  std::string text;
  if (list == "environments") {
    text = Lines(EnvironmentsOf(context));
  } else if (list == "migrations") {
    text = Lines(MigrationStems(MigrationsDirectory(context)));
  } else {
    text = CompletionScript(context.arguments.Value("SHELL"));
  }
  if (context.json()) {
    context.around.out << report::ObjectJson({{"text", text}}) << "\n";
  } else {
    context.around.out << text;
  }
  return 0;
}

}  // namespace segue::cli
