// What a whole fill leaves behind, from the same runs: its time, how much the
// table has grown, how fast it is verified, and the memory it took; one raw
// UPDATE beside it.
//   BENCH_ROWS     rows of the table (1000000)
//   BENCH_ROUNDS   rounds; the medians count (3)
//   BENCH_WORKERS  workers of segue (4 where this build has them)
//   BENCH_CUT      0: without the run of the most ranges there are, which is
//                  a long one on a large table (1)
//   BENCH_STRICT   exit with 1 when a target is missed
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <vector>

#include "bench/bench_table.h"
#include "bench/figures.h"
#include "bench/segue_run.h"

namespace segue::bench {
namespace {

constexpr double kMostGrowth = 1.3;
constexpr double kLeastVerify = 2;
constexpr double kMostMegabytes = 64;

struct Fill {
  double seconds = 0;
  double growth = 0;  // size of the table after, times before
  double verify_seconds = 0;
  double peak_megabytes = 0;
  std::int64_t ranges = 0;
};

double TableBytes(test::Client& client) {
  return std::stod(*client.One("SELECT pg_table_size('wide')"));
}

Fill RawUpdate(test::PostgresServer* server, std::int64_t rows) {
  BenchTable table(server, rows);
  const double before = TableBytes(table.client());
  table.client().Query("ALTER TABLE wide ADD COLUMN new_v bigint");
  Fill fill;
  const auto start = SteadyClock::now();
  table.client().Query("UPDATE wide SET new_v = v");
  fill.seconds = SecondsSince(start);
  fill.growth = TableBytes(table.client()) / before;
  return fill;
}

// Its statistics make the table one of 10^9 rows, which is cut into as many
// ranges as there ever are.
enum class Statistics { kTrue, kOfABillion };

Fill SegueFill(test::PostgresServer* server, std::int64_t rows,
               const std::vector<std::string>& options,
               Statistics statistics = Statistics::kTrue) {
  BenchTable table(server, rows);
  if (statistics == Statistics::kOfABillion) {
    table.client().Query(
        "UPDATE pg_class SET reltuples = 1e9 WHERE oid = 'wide'::regclass");
  }
  const double before = TableBytes(table.client());
  SegueRun run(table, options);
  run.Finish(&table.client());
  Fill fill;
  fill.seconds = BackfillSeconds(table.client());
  fill.growth = TableBytes(table.client()) / before;
  fill.peak_megabytes = run.peak_megabytes();
  fill.ranges = run.ranges();
  const auto start = SteadyClock::now();
  Segue(table, {"verify"});
  fill.verify_seconds = SecondsSince(start);
  return fill;
}

double MedianOf(const std::vector<Fill>& fills, double Fill::*figure) {
  std::vector<double> values;
  for (const Fill& fill : fills) values.push_back(fill.*figure);
  return Median(values);
}

void PrintRow(const std::string& name, std::int64_t rows,
              const std::vector<Fill>& fills) {
  const auto count = static_cast<double>(rows);
  const double seconds = MedianOf(fills, &Fill::seconds);
  const double verify = MedianOf(fills, &Fill::verify_seconds);
  std::cout << fmt::format("{:<24} {:>8.2f} {:>10.0f} {:>8.2f}", name, seconds,
                           count / seconds, MedianOf(fills, &Fill::growth));
  if (verify > 0) {
    std::cout << fmt::format(" {:>8.2f} {:>10.0f} {:>8} {:>8.1f}", verify,
                             count / verify, fills[0].ranges,
                             MedianOf(fills, &Fill::peak_megabytes));
  }
  std::cout << "\n";
}

int Main() {
  if (NothingToRunOn()) return kNotRun;
  const std::int64_t rows = FromEnvironment("BENCH_ROWS", 1'000'000);
  const std::int64_t rounds = FromEnvironment("BENCH_ROUNDS", 3);
  const bool has_workers = KnowsOption("start", "--workers");
  const std::string workers =
      std::to_string(FromEnvironment("BENCH_WORKERS", 4));
  const bool cut_too = FromEnvironment("BENCH_CUT", 1) != 0;
  test::PostgresServer server(ServerOptions());
  std::vector<Fill> raw, one, many, cut;
  for (std::int64_t i = 0; i < rounds; ++i) {
    raw.push_back(RawUpdate(&server, rows));
    one.push_back(SegueFill(&server, rows, {}));
    if (!has_workers) continue;
    many.push_back(SegueFill(&server, rows, {"--workers", workers}));
    if (i > 0 || !cut_too) continue;
    cut.push_back(SegueFill(&server, rows, {"--workers", workers},
                            Statistics::kOfABillion));
  }
  {
    BenchTable table(&server, 1000);
    std::cout << ServerText(table.client()) << "\n";
  }
  std::cout << "table of " << rows
            << " rows of about 200 bytes; nobody else at work; medians of "
            << rounds << " rounds, turn by turn\n\n"
            << "                             fill              table     verify"
               "                      memory\n"
               "                                s     rows/s    times        s"
               "     rows/s   ranges      MiB\n";
  PrintRow("raw UPDATE", rows, raw);
  PrintRow("segue start", rows, one);
  if (has_workers) {
    PrintRow("segue start, " + workers + " workers", rows, many);
  }
  if (!cut.empty()) PrintRow("the same, most ranges", rows, cut);
  std::cout << "\n";
  Targets targets;
  targets.AtMost("size of the table after the fill, times before",
                 MedianOf(one, &Fill::growth), kMostGrowth);
  targets.AtLeast(
      "rows/s of verify, times the fill's",
      MedianOf(one, &Fill::seconds) / MedianOf(one, &Fill::verify_seconds),
      kLeastVerify);
  double peak = 0;
  for (const auto* fills : {&one, &many, &cut}) {
    for (const Fill& fill : *fills) peak = std::max(peak, fill.peak_megabytes);
  }
  targets.AtMost("peak memory, the most of all runs", peak, kMostMegabytes,
                 "MiB");
  return targets.ExitCode();
}

}  // namespace
}  // namespace segue::bench

int main() { return segue::bench::Main(); }
