// segue's backfill beside one raw UPDATE of the same table, in the same run,
// turn by turn, with an application in front of both.
//   BENCH_ROWS    rows of the table (1000000)
//   BENCH_ROUNDS  rounds; the medians count (3)
//   BENCH_STRICT  exit with 1 when a target is missed
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <thread>
#include <vector>

#include "bench/bench_table.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace segue::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr double kMostTimes = 1.15;
constexpr double kMostMegabytes = 64;
constexpr double kMostVersionMs = 25;

struct Round {
  double seconds = 0;        // of moving the rows
  double total_seconds = 0;  // with everything around it
  double peak_megabytes = 0;
  lab::TrafficReport calm;
  lab::TrafficReport during;
};

std::int64_t FromEnvironment(const char* name, std::int64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::atoll(text);
}

double SecondsSince(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

// The kernel's high-water mark of a process's memory; 0 when it has ended.
double PeakMegabytes(int pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  std::string word;
  while (status >> word) {
    double kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes / 1024;
  }
  return 0;
}

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

// From the last action before the backfill to its end, as the ledger has them;
// the proof that follows counts in the whole, not in the moving.
double BackfillSeconds(test::Client& client) {
  return std::stod(*client.One(
      "WITH a AS (SELECT a.changed_at::timestamptz AS at, "
      "g.plan::json #>> ARRAY['steps', step::text, 'actions', action::text, "
      "'kind'] AS kind FROM segue.action a JOIN segue.migration g "
      "ON g.id = a.migration WHERE a.action >= 0 AND a.state = 'done'), "
      "b AS (SELECT at FROM a WHERE kind = 'backfill') "
      "SELECT extract(epoch FROM b.at - (SELECT max(at) FROM a WHERE "
      "a.at < b.at)) FROM b"));
}

Round SegueBackfill(test::PostgresServer* server, std::int64_t rows) {
  BenchTable table(server, rows);
  const test::TempDir folder;
  std::ofstream(folder.path() + "/01_bench.yaml")
      << "operations:\n  - alter_column:\n      table: wide\n"
         "      column: v\n      type: bigint\n";
  test::Command command = test::SegueCommand(
      {"start", "01_bench.yaml", "--quiet", "--url", table.Url()});
  command.directory = folder.path();
  Round round;
  round.calm = table.StartForeground();
  const auto start = SteadyClock::now();
  test::Process process(command);
  while (process.running()) {
    round.peak_megabytes =
        std::max(round.peak_megabytes, PeakMegabytes(process.pid()));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  round.total_seconds = SecondsSince(start);
  round.during = table.StopForeground();
  const test::Finished finished = process.Wait();
  if (finished.exit_code != 0) {
    throw std::runtime_error("segue start failed: " + finished.err);
  }
  round.seconds = BackfillSeconds(table.client());
  return round;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
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
  const auto setting = [&table](const std::string& name) {
    return *table.client().One("SHOW " + name);
  };
  std::cout << fmt::format(
      "PostgreSQL {}, {} processors; shared_buffers {}, max_wal_size {}, "
      "fsync {}, synchronous_commit {}\n"
      "table of {} rows of about {} bytes; medians of {} rounds, turn by "
      "turn; a foreground of 2 clients, 200 statements a second\n\n",
      setting("server_version"), std::thread::hardware_concurrency(),
      setting("shared_buffers"), setting("max_wal_size"), setting("fsync"),
      setting("synchronous_commit"), rows,
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

bool PrintTarget(const char* name, double value, double most,
                 const char* unit) {
  std::cout << fmt::format("{:<34} {:>8.2f} {:<4} target <= {:>6.2f}  {}\n",
                           name, value, unit, most,
                           value <= most ? "met" : "MISSED");
  return value <= most;
}

bool PrintTargets(const std::vector<Round>& raw,
                  const std::vector<Round>& ours) {
  std::vector<double> ratios;
  double peak = 0;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    ratios.push_back(ours[i].seconds / raw[i].seconds);
    peak = std::max(peak, ours[i].peak_megabytes);
  }
  bool met = PrintTarget("backfill time, times the raw UPDATE", Median(ratios),
                         kMostTimes, "x");
  met &= PrintTarget("peak memory of segue", peak, kMostMegabytes, "MiB");
  met &= PrintTarget("segue --version", VersionMilliseconds(), kMostVersionMs,
                     "ms");
  return met;
}

int Main() {
  if (!test::PostgresServer::Available()) {
    std::cerr << "*** NOT RUN: install postgresql-15 ***\n";
    return 77;
  }
  const std::int64_t rows = FromEnvironment("BENCH_ROWS", 1'000'000);
  const std::int64_t rounds = FromEnvironment("BENCH_ROUNDS", 3);
  test::PostgresOptions options;
  options.fsync = true;
  options.settings = {{"shared_buffers", "512MB"}, {"max_wal_size", "4GB"}};
  test::PostgresServer server(options);
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
  const bool met = PrintTargets(raw, ours);
  return met || std::getenv("BENCH_STRICT") == nullptr ? 0 : 1;
}

}  // namespace
}  // namespace segue::bench

int main() { return segue::bench::Main(); }
