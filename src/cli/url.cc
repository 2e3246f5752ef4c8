// segue url: prints the URL with which an application of a version connects, or
// the SQL that it runs in each session. It is the only place that prints a
// password, if the URL was given with one, because the output must work as it
// is.
#include "base/text.h"
#include "cli/commands.h"
#include "cli/session.h"
#include "report/json.h"

namespace segue::cli {

int RunUrl(const Context& context) {
  Session session(context);
  const std::string version = context.arguments.Value("--version");
  const bool as_sql = context.arguments.Has("--sql");
  const std::string text = as_sql ? session.migrator().SessionSqlFor(version)
                                  : session.migrator().UrlFor(version) + "\n";
  if (context.json()) {
    context.around.out << report::ObjectJson({{as_sql ? "sql" : "url",
                                               std::string(base::Trim(text))}})
                       << "\n";
  } else {
    context.around.out << text;
  }
  return 0;
}

}  // namespace segue::cli
