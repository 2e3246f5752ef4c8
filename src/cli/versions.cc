// segue versions: lists the published versions of the schema.
#include "cli/commands.h"
#include "cli/session.h"
#include "report/json.h"
#include "report/lists.h"

namespace segue::cli {

int RunVersions(const Context& context) {
  Session session(context);
  const std::vector<VersionInfo> versions = session.migrator().Versions();
  if (context.json()) {
    context.around.out << report::VersionsJson(versions) << "\n";
  } else {
    context.around.out << report::VersionsText(versions);
  }
  return 0;
}

}  // namespace segue::cli
