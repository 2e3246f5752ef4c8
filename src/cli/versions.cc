// segue versions: lists the published versions of the schema, and takes one
// away.
#include "cli/commands.h"
#include "cli/session.h"
#include "report/json.h"
#include "report/lists.h"

namespace segue::cli {

int RunVersions(const Context& context) {
  Session session(context);
  if (context.arguments.Has("--retire")) {
    session.migrator().RetireVersion(context.arguments.Value("--retire"));
  }
  const std::vector<VersionInfo> versions = session.migrator().Versions();
  if (context.json()) {
    context.around.out << report::VersionsJson(versions) << "\n";
  } else {
    context.around.out << report::VersionsText(versions);
  }
  return 0;
}

}  // namespace segue::cli
