// What the dual-write triggers cost an application's UPDATE, of a column that
// they do not concern and of the one that they do: the same table, its
// triggers on and off, slice by slice.
//   BENCH_ROWS    rows of the table (100000)
//   BENCH_ROUNDS  pairs of slices; the median of their ratios counts (31)
//   BENCH_WRITES  statements of a slice (2000)
//   BENCH_STRICT  exit with 1 when a target is missed
#include <fmt/format.h>

#include <iostream>
#include <random>
#include <vector>

#include "bench/bench_table.h"
#include "bench/figures.h"
#include "bench/segue_run.h"

namespace segue::bench {
namespace {

constexpr double kMostUnrelated = 1.03;
constexpr double kMostConcerned = 1.25;

struct Cost {
  std::vector<double> ratios;
  std::vector<double> off_us;  // microseconds a write
  std::vector<double> on_us;
};

class Contest {
 public:
  Contest(BenchTable* table, std::int64_t rows, std::int64_t writes)
      : client_(table->client()), key_(1, rows), writes_(writes) {
    // A flush at each commit would hide what is measured, and vacuum disturb.
    client_.Query("SET synchronous_commit = off");
    client_.Query("ALTER TABLE wide SET (autovacuum_enabled = off)");
    client_.Query("VACUUM wide");
    client_.Query(
        "PREPARE unrelated(bigint) AS UPDATE wide SET payload = "
        "reverse(payload) WHERE id = $1");
    client_.Query(
        "PREPARE concerned(bigint) AS UPDATE wide SET v = v + 1 WHERE id = $1");
  }

  // Which of the two comes first changes from pair to pair.
  Cost Compare(const std::string& statement, std::int64_t pairs) {
    Cost cost;
    for (std::int64_t i = 0; i < pairs; ++i) {
      const bool first = i % 2 == 0;
      const double a = Slice(statement, first);
      const double b = Slice(statement, !first);
      cost.on_us.push_back(first ? a : b);
      cost.off_us.push_back(first ? b : a);
      cost.ratios.push_back(cost.on_us.back() / cost.off_us.back());
    }
    return cost;
  }

 private:
  double Slice(const std::string& statement, bool triggers) {
    client_.Query(std::string("ALTER TABLE wide ") +
                  (triggers ? "ENABLE" : "DISABLE") + " TRIGGER USER");
    const std::string execute = "EXECUTE " + statement + "(";
    const auto start = SteadyClock::now();
    for (std::int64_t i = 0; i < writes_; ++i) {
      client_.Query(execute + std::to_string(key_(random_)) + ")");
    }
    return SecondsSince(start) * 1e6 / static_cast<double>(writes_);
  }

  test::Client& client_;
  std::mt19937_64 random_{1};
  std::uniform_int_distribution<std::int64_t> key_;
  const std::int64_t writes_;
};

void PrintRow(const char* name, const Cost& cost) {
  std::cout << fmt::format("{:<30} {:>12.2f} {:>12.2f} {:>10.3f}\n", name,
                           Median(cost.off_us), Median(cost.on_us),
                           Median(cost.ratios));
}

int Main() {
  if (NothingToRunOn()) return kNotRun;
  const std::int64_t rows = FromEnvironment("BENCH_ROWS", 100'000);
  const std::int64_t pairs = FromEnvironment("BENCH_ROUNDS", 31);
  const std::int64_t writes = FromEnvironment("BENCH_WRITES", 2000);
  test::PostgresServer server(ServerOptions());
  BenchTable table(&server, rows);
  SegueRun run(table);
  run.Finish();
  std::cout << ServerText(table.client()) << "\n"
            << fmt::format(
                   "table of {} rows, filled; one session, a statement a "
                   "transaction, synchronous_commit off; {} pairs of {} "
                   "writes\n\n",
                   rows, pairs, writes);
  Contest contest(&table, rows, writes);
  contest.Compare("unrelated", 2);  // warms the caches
  const Cost unrelated = contest.Compare("unrelated", pairs);
  const Cost concerned = contest.Compare("concerned", pairs);
  std::cout << "UPDATE, microseconds a write       triggers off           on  "
               "    times\n";
  PrintRow("of an unrelated column", unrelated);
  PrintRow("of the column", concerned);
  std::cout << "\n";
  Targets targets;
  targets.AtMost("UPDATE of an unrelated column, with the triggers",
                 Median(unrelated.ratios), kMostUnrelated);
  targets.AtMost("UPDATE of the column, with the triggers",
                 Median(concerned.ratios), kMostConcerned);
  return targets.ExitCode();
}

}  // namespace
}  // namespace segue::bench

int main() { return segue::bench::Main(); }
