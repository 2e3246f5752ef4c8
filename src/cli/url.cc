// segue url: what an application of a version connects with. The one place
// where a password is printed, when the URL was given with it: the output must
// work as it is.
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/session.h"

namespace segue::cli {

int RunUrl(const Context& context) {
  Session session(context);
  const std::string url =
      session.migrator().UrlFor(context.arguments.Value("--version"));
  if (context.json()) {
    context.around.out << ObjectJson({{"url", url}}) << "\n";
  } else {
    context.around.out << url << "\n";
  }
  return 0;
}

}  // namespace segue::cli
