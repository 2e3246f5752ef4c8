// `segue plan` of one operation over a schema of many tables of 20 columns:
// the whole command, from its start to its end.
//   BENCH_TABLES  tables of the largest schema (2000)
//   BENCH_ROUNDS  rounds; the median counts (5)
//   BENCH_STRICT  exit with 1 when the target is missed
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <vector>

#include "tests/support/postgres_server.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/testbed.h"

namespace segue::bench {
namespace {

constexpr double kMostMilliseconds = 1000;
constexpr int kColumns = 20;

int FromEnvironment(const char* name, int fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::atoi(text);
}

void CreateTables(test::TestDatabase& database, int tables) {
  std::string columns = "id bigint PRIMARY KEY";
  for (int i = 1; i < kColumns; ++i) {
    columns += fmt::format(", c{} {}", i,
                           i % 3 == 0 ? "integer NOT NULL DEFAULT 0" : "text");
  }
  for (int i = 1; i <= tables; ++i) {
    database.Exec(fmt::format("CREATE TABLE t{}({})", i, columns));
    database.Exec(fmt::format("CREATE INDEX t{0}_c1 ON t{0}(c1)", i));
  }
}

double MedianOfPlans(const test::TestDatabase& database,
                     const std::string& file, int rounds) {
  std::vector<double> milliseconds;
  for (int i = 0; i < rounds; ++i) {
    const auto start = std::chrono::steady_clock::now();
    test::OutputOf(test::SegueCommand({"plan", file, "--url", database.Url()}));
    const std::chrono::duration<double, std::milli> spent =
        std::chrono::steady_clock::now() - start;
    milliseconds.push_back(spent.count());
  }
  std::sort(milliseconds.begin(), milliseconds.end());
  return milliseconds[milliseconds.size() / 2];
}

bool Run(const test::Testbed& testbed, int tables, int rounds) {
  const test::TempDir folder;
  const std::string file = folder.path() + "/01_bench.yaml";
  std::ofstream(file)
      << "operations:\n  - rename_column: {table: t1, from: c1, to: d1}\n";
  const auto one = testbed.fresh();
  CreateTables(*one, 1);
  const auto many = testbed.fresh();
  CreateTables(*many, tables);
  const double base = MedianOfPlans(*one, file, rounds);
  const double median = MedianOfPlans(*many, file, rounds);
  std::cout << fmt::format("{:<12}{:>14.0f}{:>14.0f}{:>10.1f}x   {}\n",
                           testbed.name, base, median, median / base,
                           median < kMostMilliseconds ? "reached" : "MISSED");
  return median < kMostMilliseconds;
}

int Main() {
  const int tables = FromEnvironment("BENCH_TABLES", 2000);
  const int rounds = FromEnvironment("BENCH_ROUNDS", 5);
  std::cout << fmt::format(
      "segue plan, medians of {} runs; to reach: under {:.0f} ms for {} tables "
      "of {} columns\n{:<12}{:>14}{:>14}{:>11}\n",
      rounds, kMostMilliseconds, tables, kColumns, "database", "1 table, ms",
      fmt::format("{}, ms", tables), "ratio");
  bool reached = true;
  for (const test::Testbed& testbed : test::Testbeds()) {
    if (!testbed.missing.empty()) continue;
    reached = Run(testbed, tables, rounds) && reached;
  }
  return reached || std::getenv("BENCH_STRICT") == nullptr ? 0 : 1;
}

}  // namespace
}  // namespace segue::bench

int main() { return segue::bench::Main(); }
