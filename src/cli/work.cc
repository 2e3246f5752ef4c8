// segue work: adds a worker to the running migration, from another process or
// machine. The work is in engine/help.cc.
#include <ostream>

#include "cli/commands.h"
#include "cli/session.h"

namespace segue::cli {

int RunWork(const Context& context) {
  Session session(context);
  const std::int64_t rows = session.migrator().Work();
  session.EndProgress();
  if (context.json()) {
    context.around.out << "{\"rows_moved\": " << rows << "}\n";
  } else {
    context.around.out << "Moved " << rows
                       << " rows; nothing is left to move.\n";
  }
  return 0;
}

}  // namespace segue::cli
