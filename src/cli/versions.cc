// segue versions: lists the published versions of the schema, makes their
// privileges follow those of the tables, and takes one away.
#include "cli/commands.h"
#include "cli/session.h"
#include "report/json.h"
#include "report/lists.h"
#include "segue/error.h"

namespace segue::cli {

namespace {

int Refresh(const Context& context) {
  if (context.arguments.Has("--retire")) {
    throw Error(ErrorKind::kUsage, "refresh and --retire do not go together");
  }
  Session session(context);
  const RefreshReport report =
      session.migrator().RefreshVersions(context.arguments.Value("NAME"));
  context.around.out << (context.json() ? report::RefreshJson(report) + "\n"
                                        : report::RefreshText(report));
  return 0;
}

}  // namespace

int RunVersions(const Context& context) {
  if (context.arguments.Has("ACTION")) return Refresh(context);
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
