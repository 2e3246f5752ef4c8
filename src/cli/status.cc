// segue status: prints the status of the active migration, otherwise of the
// newest one.
#include "cli/commands.h"
#include "cli/session.h"
#include "report/json.h"
#include "report/status_text.h"

namespace segue::cli {

int RunStatus(const Context& context) {
  Session session(context);
  const std::optional<MigrationStatus> status = session.migrator().Status();
  if (context.json()) {
    context.around.out << report::StatusJson(status) << "\n";
  } else if (status) {
    context.around.out << report::StatusText(*status);
  } else {
    context.around.out << "No migration has been started here.\n";
  }
  return 0;
}

}  // namespace segue::cli
