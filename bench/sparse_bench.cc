// Nothing in the program or its ledger grows with the rows of a table: keys
// that spread from 0 to 2^62, few rows and four times as many.
//   BENCH_ROWS    rows of the larger table (400000)
//   BENCH_STRICT  exit with 1 when a target is missed
#include <fmt/format.h>

#include <iostream>
#include <vector>

#include "bench/bench_table.h"
#include "bench/figures.h"
#include "bench/segue_run.h"

namespace segue::bench {
namespace {

constexpr std::int64_t kLastKey = std::int64_t{1} << 62;
constexpr double kMostRanges = 10'000;
// A chunk has at least some hundred rows and takes a handful of statements.
constexpr double kMostStatements = 15;
constexpr double kMostMemory = 1.25;

struct Run {
  std::int64_t rows = 0;
  double seconds = 0;
  double statements = 0;
  double ranges = 0;
  double ledger_rows = 0;
  double peak_megabytes = 0;

  double per_thousand() const {
    return statements * 1000 / static_cast<double>(rows);
  }
};

// Of all tables of the ledger together; the history counts.
double AllLedgerRows(test::Client& client) {
  double rows = 0;
  for (const auto& row :
       client.Query("SELECT relname FROM pg_class WHERE relkind = 'r' AND "
                    "relnamespace = 'segue'::regnamespace")) {
    rows += static_cast<double>(LedgerRows(client, *row[0]));
  }
  return rows;
}

Run Fill(test::PostgresServer* server, std::int64_t rows) {
  BenchTable table(server, rows, {true, kLastKey / rows});
  test::Client& client = table.client();
  client.Query("CREATE EXTENSION pg_stat_statements");
  client.Query("SELECT pg_stat_statements_reset()");
  SegueRun segue(table);
  segue.Finish(&client);
  Run run;
  run.rows = rows;
  run.statements =
      std::stod(*client.One("SELECT sum(calls) FROM pg_stat_statements s JOIN "
                            "pg_database d ON d.oid = s.dbid WHERE d.datname = "
                            "current_database()"));
  run.seconds = segue.total_seconds();
  run.ranges = static_cast<double>(segue.ranges());
  run.ledger_rows = AllLedgerRows(client);
  run.peak_megabytes = segue.peak_megabytes();
  return run;
}

void PrintRow(const Run& run) {
  std::cout << fmt::format(
      "{:>12} {:>10.2f} {:>10.0f} {:>12.0f} {:>14.2f} {:>12.0f} {:>10.1f}\n",
      run.rows, run.seconds, run.ranges, run.statements, run.per_thousand(),
      run.ledger_rows, run.peak_megabytes);
}

int Main() {
  if (NothingToRunOn()) return kNotRun;
  const std::int64_t rows = FromEnvironment("BENCH_ROWS", 400'000);
  test::PostgresOptions options = ServerOptions();
  options.settings["shared_preload_libraries"] = "pg_stat_statements";
  test::PostgresServer server(options);
  const Run few = Fill(&server, rows / 4);
  const Run many = Fill(&server, rows);
  {
    BenchTable table(&server, 1000);
    std::cout << ServerText(table.client()) << "\n";
  }
  std::cout << "keys spread from 0 to 2^62; the whole of segue start, its "
               "proof included\n\n        rows          s     ranges   "
               "statements  per 1000 rows  ledger rows        MiB\n";
  PrintRow(few);
  PrintRow(many);
  std::cout << "\n";
  Targets targets;
  targets.AtMost("ranges", many.ranges, kMostRanges, "");
  targets.AtMost("rows of the ledger, for four times the rows",
                 many.ledger_rows, kMostRanges + few.ledger_rows, "");
  targets.AtMost("statements for 1000 rows", many.per_thousand(),
                 kMostStatements, "");
  targets.AtMost("peak memory, times that of a quarter of the rows",
                 many.peak_megabytes / few.peak_megabytes, kMostMemory);
  return targets.ExitCode();
}

}  // namespace
}  // namespace segue::bench

int main() { return segue::bench::Main(); }
