// segue versions: lists the published versions of the schema, makes their
// privileges follow those of the tables, makes a role that sees one, and takes
// one away, or what one has left.
#include "cli/commands.h"
#include "cli/session.h"
#include "cli/target.h"
#include "report/json.h"
#include "report/lists.h"
#include "segue/error.h"

namespace segue::cli {

namespace {

int Refresh(const Context& context) {
  Session session(context);
  const RefreshReport report =
      session.versions().Refresh(context.arguments.Value("NAME"));
  context.around.out << (context.json() ? report::RefreshJson(report) + "\n"
                                        : report::RefreshText(report));
  return 0;
}

int MakeRole(const Context& context) {
  const Arguments& arguments = context.arguments;
  if (!arguments.Has("NAME")) {
    throw Error(ErrorKind::kUsage, "role needs the NAME of the role");
  }
  Session session(context);
  const VersionRole made = session.versions().MakeRole(
      arguments.Value("NAME"), arguments.Value("--version", "latest"),
      arguments.Value("--base-role"));
  context.around.out << (context.json() ? report::VersionRoleJson(made) + "\n"
                                        : report::VersionRoleText(made));
  return 0;
}

int Print(const Context& context, Session& session) {
  const std::vector<VersionInfo> versions = session.versions().List();
  if (context.json()) {
    context.around.out << report::VersionsJson(versions) << "\n";
  } else {
    context.around.out << report::VersionsText(versions);
  }
  return 0;
}

// Takes a version away, or what it has left, and lists what is there then.
int TakeAway(const Context& context, const std::string& action) {
  const std::string name = context.arguments.Value("NAME");
  if (name.empty()) {
    throw Error(ErrorKind::kUsage, action + " needs the NAME of a version")
        .WithHint("'segue versions' lists them");
  }
  const std::string reason = ReasonFor(context, "--force");
  Session session(context);
  if (action == "retire") session.versions().Retire(name, reason);
  if (action == "unpublish") session.versions().Unpublish(name, reason);
  if (action == "forget") session.versions().Forget(name);
  return Print(context, session);
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
  for (const char* option : {"--force", "--reason"}) {
    if (!context.arguments.Has(option)) continue;
    if (action == "retire" || action == "unpublish") continue;
    throw Error(ErrorKind::kUsage,
                std::string(option) +
                    " belongs to 'segue versions retire NAME' and 'unpublish'");
  }
  if (action == "refresh") return Refresh(context);
  if (!action.empty()) return TakeAway(context, action);
  Session session(context);
  return Print(context, session);
}

}  // namespace segue::cli
