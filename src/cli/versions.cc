// segue versions: lists the published versions of the schema, makes their
// privileges follow those of the tables, makes a role that sees one, and takes
// one away.
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

int MakeRole(const Context& context) {
  const Arguments& arguments = context.arguments;
  if (arguments.Has("--retire") || !arguments.Has("NAME")) {
    throw Error(ErrorKind::kUsage,
                "role needs the NAME of the role, and no --retire");
  }
  Session session(context);
  const VersionRole made = session.migrator().MakeVersionRole(
      arguments.Value("NAME"), arguments.Value("--version", "latest"),
      arguments.Value("--base-role"));
  context.around.out << (context.json() ? report::VersionRoleJson(made) + "\n"
                                        : report::VersionRoleText(made));
  return 0;
}

}  // namespace

int RunVersions(const Context& context) {
  const std::string action = context.arguments.Value("ACTION");
  if (action == "role") return MakeRole(context);
  for (const char* option : {"--version", "--base-role"}) {
    if (!context.arguments.Has(option)) continue;
    throw Error(ErrorKind::kUsage,
                std::string(option) + " belongs to 'segue versions role NAME'");
  }
  if (!action.empty()) return Refresh(context);
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
