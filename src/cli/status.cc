// segue status: prints the status of the active migration, otherwise of the
// newest one, and what is pending in the directory.
#include "cli/commands.h"
#include "cli/find_migration.h"
#include "cli/session.h"
#include "report/json.h"
#include "report/status_text.h"
#include "segue/files.h"

namespace segue::cli {

int RunStatus(const Context& context) {
  const Settings settings = ResolveSettings(context);
  Session session(context, settings);
  const std::optional<MigrationStatus> status = session.migrator().Status();
  const FileStatus files = MigrationFiles(session.database(), session.options())
                               .Compare(MigrationsIn(settings.migrations));
  if (context.json()) {
    context.around.out << report::StatusJson(status, files) << "\n";
    return 0;
  }
  context.around.out << (status ? report::StatusText(*status)
                                : "No migration has been started here.\n")
                     << report::FilesText(files, status);
  return 0;
}

}  // namespace segue::cli
