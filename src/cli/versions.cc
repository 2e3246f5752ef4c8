// segue versions: the published versions of the schema.
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/session.h"
#include "cli/terminal.h"

namespace segue::cli {

namespace {

std::string Text(const std::vector<VersionInfo>& versions) {
  if (versions.empty()) {
    return "No version is published; segue start --access versioned publishes "
           "one.\n";
  }
  TextTable table({"VERSION", "SCHEMA", "STATE", "PUBLISHED"});
  for (const VersionInfo& version : versions) {
    table.Add({version.name, version.version_schema,
               version.state + (version.latest ? " (latest)" : ""),
               version.published_at});
  }
  return table.ToString();
}

}  // namespace

int RunVersions(const Context& context) {
  Session session(context);
  const std::vector<VersionInfo> versions = session.migrator().Versions();
  if (context.json()) {
    context.around.out << VersionsJson(versions) << "\n";
  } else {
    context.around.out << Text(versions);
  }
  return 0;
}

}  // namespace segue::cli
