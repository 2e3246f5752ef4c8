// segue demo: a real migration of a real (in-memory) database, and with --live
// one under traffic.
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/progress_view.h"
#include "cli/session.h"
#include "lab/live_demo.h"
#include "segue/migrator.h"

namespace segue::cli {

namespace {

Database UsersDatabase() {
  Database database = Database::OpenInMemory();
  database.CreateTable("users", {{"id", "INTEGER", false, std::nullopt},
                                 {"username", "TEXT", false, std::nullopt},
                                 {"email", "TEXT", true, std::nullopt}});
  database.Insert(
      "users",
      {{"id", "1"}, {"username", "alice"}, {"email", "alice@example.com"}});
  database.Insert(
      "users",
      {{"id", "2"}, {"username", "bob"}, {"email", "bob@example.com"}});
  return database;
}

Outcome Migrate(const Context& context, Database& database) {
  Migration migration("MIG-001", "Add display_name");
  migration.AddColumn("users", {"display_name", "TEXT", true, "''"});
  MigratorOptions options;
  options.cancel = &context.cancel;
  Migrator migrator(database, std::move(options));
  return migrator.Start(migration);
}

void Print(std::ostream& out, const Outcome& outcome) {
  const MigrationStatus& status = outcome.status;
  out << "Migration: " << status.title << "\n"
      << "Phase: " << ToString(status.phase) << "\n"
      << "Progress: " << static_cast<int>(status.progress_pct) << "%\n\n"
      << "History (" << outcome.history.size() << " entries):\n";
  for (const HistoryEntry& entry : outcome.history) {
    out << "  [" << entry.phase << "] " << entry.message << "\n";
  }
}

int RunLive(const Context& context) {
  lab::LiveDemoOptions options;
  const std::string rows = context.arguments.Value("--rows");
  if (!rows.empty()) options.rows = ParseCount("--rows", rows);
  if (!context.json()) return lab::RunLiveDemo(options, context.around.out);
  const int code = lab::RunLiveDemo(options, context.around.err);
  context.around.out << ObjectJson(
                            {{"verdict", code == 0 ? "clean" : "failed"}})
                     << "\n";
  return code;
}

}  // namespace

int RunDemo(const Context& context) {
  if (context.arguments.Has("--live")) return RunLive(context);
  Database database = UsersDatabase();
  const Outcome outcome = Migrate(context, database);
  if (context.json()) {
    context.around.out << OutcomeJson(outcome, false) << "\n";
  } else {
    Print(context.around.out, outcome);
  }
  return 0;
}

}  // namespace segue::cli
