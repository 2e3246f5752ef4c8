// A whole copy of a table beside the least that the server can do: one
// INSERT ... SELECT and the same indexes. And rebuild_table beside pg_repack,
// with an application in front of both, from the first statement to the last,
// cut-over included.
//   BENCH_ROWS    rows of the table (2000000)
//   BENCH_ROUNDS  rounds; the medians count (3)
//   BENCH_STRICT  exit with 1 when a target is missed
#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <vector>

#include "bench/bench_table.h"
#include "bench/figures.h"
#include "bench/segue_run.h"
#include "db/url.h"

namespace segue::bench {
namespace {

constexpr double kMostTimes = 1.5;
constexpr double kMostMegabytes = 64;
constexpr const char* kRebuild = "rebuild_table: {table: wide}";
constexpr const char* kRepack = "/usr/lib/postgresql/15/bin/pg_repack";

struct Copy {
  double seconds = 0;         // of the rows and their indexes
  double total_seconds = 0;   // of everything, cut-over included
  double growth = 0;          // of the database, times before
  double peak_megabytes = 0;  // of the program
};

struct Served {
  double p99_ms = 0;
  double max_ms = 0;
  std::int64_t failed = 0;
};

double DatabaseMegabytes(BenchTable& table) {
  return std::stod(
      *table.client().One("SELECT pg_database_size(current_database()) / "
                          "1048576.0"));
}

void AddIndex(BenchTable& table) {
  table.client().Query("CREATE INDEX wide_v ON wide (v); CHECKPOINT");
}

Copy RawCopy(test::PostgresServer* server, std::int64_t rows) {
  BenchTable table(server, rows);
  AddIndex(table);
  const double before = DatabaseMegabytes(table);
  const auto start = SteadyClock::now();
  table.client().Query("CREATE TABLE copy (LIKE wide INCLUDING DEFAULTS)");
  table.client().Query("INSERT INTO copy SELECT * FROM wide");
  table.client().Query("ALTER TABLE copy ADD PRIMARY KEY (id)");
  table.client().Query("CREATE INDEX copy_v ON copy (v)");
  Copy copy;
  copy.seconds = copy.total_seconds = SecondsSince(start);
  copy.growth = DatabaseMegabytes(table) / before;
  return copy;
}

Copy SegueCopy(test::PostgresServer* server, std::int64_t rows,
               const std::string& workers) {
  BenchTable table(server, rows);
  AddIndex(table);
  const double before = DatabaseMegabytes(table);
  SegueRun run(table, {"--workers", workers}, Speed::kFlatOut, kRebuild);
  run.Finish();
  Copy copy;
  copy.seconds = SecondsOfFill(table.client(),
                               "planned ->> 'description' LIKE 'Build index%'");
  copy.growth = DatabaseMegabytes(table) / before;
  copy.peak_megabytes = run.peak_megabytes();
  const auto start = SteadyClock::now();
  Segue(table, {"complete", "--yes", "--quiet"});
  copy.total_seconds = run.total_seconds() + SecondsSince(start);
  return copy;
}

test::Command RepackCommand(const BenchTable& table) {
  test::Command command;
  const db::Url url = db::ParseUrl(table.Url());
  command.argv = {kRepack, "-h",         url.host, "-U",   url.user,
                  "-d",    url.database, "-t",     "wide", "--no-analyze"};
  return command;
}

double RepackSeconds(BenchTable& table) {
  table.client().Query("CREATE EXTENSION IF NOT EXISTS pg_repack");
  const auto start = SteadyClock::now();
  const test::Finished finished =
      test::RunCommand(RepackCommand(table), std::chrono::hours(2));
  if (finished.exit_code != 0) {
    throw std::runtime_error("pg_repack: " + finished.err);
  }
  return SecondsSince(start);
}

Copy RepackCopy(test::PostgresServer* server, std::int64_t rows) {
  BenchTable table(server, rows);
  AddIndex(table);
  Copy copy;
  copy.total_seconds = RepackSeconds(table);
  return copy;
}

// How two clients fare while `rebuild` goes on.
template <class Rebuild>
Served Serve(test::PostgresServer* server, std::int64_t rows, Rebuild rebuild) {
  BenchTable table(server, rows);
  AddIndex(table);
  table.StartForeground();
  rebuild(table);
  const lab::TrafficReport report = table.StopForeground();
  return {report.p99_ms, report.max_ms, report.failed};
}

void PrintCopy(const std::string& name, std::int64_t rows,
               const std::vector<Copy>& copies) {
  const auto median = [&](double Copy::*figure) {
    std::vector<double> values;
    for (const Copy& copy : copies) values.push_back(copy.*figure);
    return Median(values);
  };
  const double seconds = median(&Copy::seconds);
  std::cout << fmt::format(
      "{:<24} {:>10.2f} {:>10.0f} {:>10.2f} {:>8.2f} "
      "{:>8.1f}\n",
      name, seconds, seconds > 0 ? static_cast<double>(rows) / seconds : 0,
      median(&Copy::total_seconds), median(&Copy::growth),
      median(&Copy::peak_megabytes));
}

void PrintServed(const std::string& name, const std::vector<Served>& served) {
  std::vector<double> p99, max;
  std::int64_t failed = 0;
  for (const Served& one : served) {
    p99.push_back(one.p99_ms);
    max.push_back(one.max_ms);
    failed += one.failed;
  }
  std::cout << fmt::format("{:<24} {:>10.1f} {:>10.1f} {:>10}\n", name,
                           Median(p99), Median(max), failed);
}

std::vector<double> SecondsOf(const std::vector<Copy>& copies) {
  std::vector<double> seconds;
  for (const Copy& copy : copies) seconds.push_back(copy.seconds);
  return seconds;
}

int Main() {
  if (NothingToRunOn()) return kNotRun;
  const std::int64_t rows = FromEnvironment("BENCH_ROWS", 2'000'000);
  const std::int64_t rounds = FromEnvironment("BENCH_ROUNDS", 3);
  const bool repacks = std::filesystem::exists(kRepack);
  test::PostgresServer server(ServerOptions());
  std::vector<Copy> raw, ours, both, repack;
  std::vector<Served> beside_ours, beside_repack;
  for (std::int64_t i = 0; i < rounds; ++i) {
    raw.push_back(RawCopy(&server, rows));
    ours.push_back(SegueCopy(&server, rows, "1"));
    both.push_back(SegueCopy(&server, rows, "2"));
    beside_ours.push_back(Serve(&server, rows, [](BenchTable& table) {
      SegueRun(table, {}, Speed::kDefault, kRebuild).Finish();
      Segue(table, {"complete", "--yes", "--quiet"});
    }));
    if (!repacks) continue;
    repack.push_back(RepackCopy(&server, rows));
    beside_repack.push_back(
        Serve(&server, rows, [](BenchTable& table) { RepackSeconds(table); }));
  }
  {
    BenchTable table(&server, 1000);
    std::cout << ServerText(table.client()) << "\n";
  }
  std::cout << "table of " << rows
            << " rows of about 200 bytes with two indexes; medians of "
            << rounds << " rounds, turn by turn\n\n"
            << "                             copy                  whole "
               "database   memory\n"
               "                                s     rows/s          s    "
               "times      MiB\n";
  PrintCopy("INSERT ... SELECT", rows, raw);
  PrintCopy("segue, one worker", rows, ours);
  PrintCopy("segue, two workers", rows, both);
  if (repacks) PrintCopy("pg_repack", rows, repack);
  std::cout << "\ntwo clients of 100 statements a second meanwhile\n"
               "                           p99 ms     max ms     failed\n";
  PrintServed("segue, at its own pace", beside_ours);
  if (repacks) PrintServed("pg_repack", beside_repack);
  if (!repacks) std::cout << "pg_repack is not installed\n";
  std::cout << "\n";
  Targets targets;
  targets.AtMost("one worker, times INSERT ... SELECT",
                 MedianRatio(SecondsOf(ours), SecondsOf(raw)), kMostTimes);
  targets.AtMost("two workers, times INSERT ... SELECT",
                 MedianRatio(SecondsOf(both), SecondsOf(raw)), kMostTimes);
  double peak = 0;
  for (const Copy& copy : both) peak = std::max(peak, copy.peak_megabytes);
  targets.AtMost("peak memory, the most of all runs", peak, kMostMegabytes,
                 "MiB");
  return targets.ExitCode();
}

}  // namespace
}  // namespace segue::bench

int main() { return segue::bench::Main(); }
