// segue demo: runs a real migration of a real (in-memory) database; with --live
// it does so under traffic.
#include "cli/commands.h"
#include "cli/session.h"
#include "lab/live_demo.h"
#include "lab/naive_demo.h"
#include "lab/trace_demo.h"
#include "report/json.h"
#include "segue/error.h"
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
    out << "  [" << ToString(entry.kind) << "] " << entry.message << "\n";
  }
}

int RunLive(const Context& context) {
  lab::LiveDemoOptions options;
  const std::string rows = context.arguments.Value("--rows");
  if (!rows.empty()) options.rows = ParseCount("--rows", rows);
  options.cancel = &context.cancel;
  if (!context.json()) return lab::RunLiveDemo(options, context.around.out);
  const int code = lab::RunLiveDemo(options, context.around.err);
  context.around.out << report::ObjectJson(
                            {{"verdict", code == 0     ? "clean"
                                         : code == 130 ? "stopped"
                                                       : "failed"}})
                     << "\n";
  return code;
}

int RunTrace(const Context& context) {
  if (!context.json()) {
    lab::RunTraceDemo(context.around.out);
  } else {
    const Outcome outcome = lab::RunTraceDemo(context.around.err);
    context.around.out << report::OutcomeJson(outcome, false) << "\n";
  }
  return 0;
}

int RunNaive(const Context& context) {
  const std::vector<lab::NaiveResult> results = lab::RunNaiveDemo();
  if (!context.json()) {
    context.around.out << lab::NaiveText(results);
    return 0;
  }
  std::vector<std::pair<std::string, std::string>> failed;
  for (const lab::NaiveResult& result : results) {
    failed.emplace_back(result.name, std::to_string(result.failed));
  }
  context.around.out << report::ObjectJson(failed) << "\n";
  return 0;
}

// The options choose a demo, so at most one may be given.
void RefuseTwo(const Context& context) {
  int given = 0;
  for (const char* option : {"--trace", "--naive", "--live"}) {
    if (context.arguments.Has(option)) ++given;
  }
  if (given < 2) return;
  throw Error(ErrorKind::kUsage, "one demo at a time")
      .WithHint("give one of --trace, --naive and --live");
}

}  // namespace

int RunDemo(const Context& context) {
  RefuseTwo(context);
  if (context.arguments.Has("--live")) return RunLive(context);
  if (context.arguments.Has("--trace")) return RunTrace(context);
  if (context.arguments.Has("--naive")) return RunNaive(context);
  Database database = UsersDatabase();
  const Outcome outcome = Migrate(context, database);
  if (context.json()) {
    context.around.out << report::OutcomeJson(outcome, false) << "\n";
  } else {
    Print(context.around.out, outcome);
  }
  return 0;
}

}  // namespace segue::cli
