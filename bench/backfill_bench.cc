// segue's backfill beside one raw UPDATE of the same table, in the same run,
// turn by turn, with an application in front of both.
//   BENCH_ROWS    rows of the table (1000000)
//   BENCH_ROUNDS  rounds; the medians count (3)
//   BENCH_STRICT  exit with 1 when a target is missed
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <vector>

#include "bench/bench_table.h"
#include "bench/figures.h"
#include "bench/segue_run.h"

namespace segue::bench {
namespace {

constexpr double kMostTimes = 1.0;
constexpr double kMostMegabytes = 64;
constexpr double kMostVersionMs = 25;

struct Round {
  double seconds = 0;        // of moving the rows
  double total_seconds = 0;  // with everything around it
  double peak_megabytes = 0;
  lab::TrafficReport calm;
  lab::TrafficReport during;
};

Round RawUpdate(test::PostgresServer* server, std::int64_t rows) {
  BenchTable table(server, rows);
  Round round;
  round.calm = table.StartForeground();
  table.client().Query("ALTER TABLE wide ADD COLUMN new_v bigint");
  const auto start = SteadyClock::now();
  table.client().Query("UPDATE wide SET new_v = v");
  round.seconds = round.total_seconds = SecondsSince(start);
  round.during = table.StopForeground();
  return round;
}

Round SegueBackfill(test::PostgresServer* server, std::int64_t rows) {
  BenchTable table(server, rows);
  Round round;
  round.calm = table.StartForeground();
  SegueRun run(table);
  run.Finish();
  round.total_seconds = run.total_seconds();
  round.peak_megabytes = run.peak_megabytes();
  round.during = table.StopForeground();
  round.seconds = BackfillSeconds(table.client());
  return round;
}

double MedianOf(const std::vector<Round>& rounds,
                double (*figure)(const Round&)) {
  std::vector<double> values;
  for (const Round& round : rounds) values.push_back(figure(round));
  return Median(values);
}

double VersionMilliseconds() {
  std::vector<double> values;
  for (int i = 0; i < 21; ++i) {
    const auto start = SteadyClock::now();
    test::OutputOf(test::SegueCommand({"--version"}));
    values.push_back(SecondsSince(start) * 1000);
  }
  return Median(values);
}

void PrintConfiguration(test::PostgresServer* server, std::int64_t rows,
                        std::int64_t rounds) {
  BenchTable table(server, std::min<std::int64_t>(rows, 10'000));
  std::cout << fmt::format(
      "{}\ntable of {} rows of about {} bytes; medians of {} rounds, turn by "
      "turn; a foreground of 2 clients, 200 statements a second\n\n",
      ServerText(table.client()), rows,
      *table.client().One("SELECT pg_table_size('wide') / count(*) FROM wide"),
      rounds);
}

void PrintRow(const char* name, const std::vector<Round>& rounds,
              std::int64_t rows) {
  const double seconds =
      MedianOf(rounds, [](const Round& r) { return r.seconds; });
  std::cout << fmt::format(
      "{:<16} {:>8.2f} {:>8.2f} {:>10.0f} | {:>7.2f} {:>7.2f} | {:>7.2f} "
      "{:>9.2f} {:>9.2f}\n",
      name, seconds,
      MedianOf(rounds, [](const Round& r) { return r.total_seconds; }),
      static_cast<double>(rows) / seconds,
      MedianOf(rounds, [](const Round& r) { return r.calm.p50_ms; }),
      MedianOf(rounds, [](const Round& r) { return r.calm.p99_ms; }),
      MedianOf(rounds, [](const Round& r) { return r.during.p50_ms; }),
      MedianOf(rounds, [](const Round& r) { return r.during.p99_ms; }),
      MedianOf(rounds, [](const Round& r) { return r.during.max_ms; }));
}

int PrintTargets(const std::vector<Round>& raw,
                 const std::vector<Round>& ours) {
  std::vector<double> ratios;
  double peak = 0;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    ratios.push_back(ours[i].seconds / raw[i].seconds);
    peak = std::max(peak, ours[i].peak_megabytes);
  }
  Targets targets;
  targets.AtMost("backfill time, times the raw UPDATE", Median(ratios),
                 kMostTimes);
  targets.AtMost("peak memory of segue", peak, kMostMegabytes, "MiB");
  targets.AtMost("segue --version", VersionMilliseconds(), kMostVersionMs,
                 "ms");
  return targets.ExitCode();
}

int Main() {
  if (NothingToRunOn()) return kNotRun;
  const std::int64_t rows = FromEnvironment("BENCH_ROWS", 1'000'000);
  const std::int64_t rounds = FromEnvironment("BENCH_ROUNDS", 3);
  test::PostgresServer server(ServerOptions());
  PrintConfiguration(&server, rows, rounds);
  std::vector<Round> raw, ours;
  for (std::int64_t i = 0; i < rounds; ++i) {
    raw.push_back(RawUpdate(&server, rows));
    ours.push_back(SegueBackfill(&server, rows));
  }
  std::cout << "                  moving      all     rows/s |    calm, ms     "
               "|         during, ms\n"
               "                       s        s            |     p50     p99 "
               "|     p50       p99       max\n";
  PrintRow("raw UPDATE", raw, rows);
  PrintRow("segue start", ours, rows);
  std::cout << "\n";
  return PrintTargets(raw, ours);
}

}  // namespace
}  // namespace segue::bench

int main() { return segue::bench::Main(); }
