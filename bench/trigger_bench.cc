// What the dual-write triggers cost an application's UPDATE, of a column that
// they do not concern and of the one that they do: the same table, with its
// triggers and without, slice by slice. As applications commit, and without the
// wait for the disk, in which a cost of microseconds would be lost.
//   BENCH_ROWS    rows of the table (100000)
//   BENCH_ROUNDS  pairs of slices; the median of their ratios counts (31)
//   BENCH_WRITES  statements of a slice (2000; a tenth where each is flushed)
//   BENCH_STRICT  exit with 1 when a target is missed
#include <fmt/format.h>

#include <fstream>
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

// Microseconds a write.
struct Slice {
  double elapsed = 0;
  double processor = 0;  // of the server's session, whatever else is running
};

struct Cost {
  std::vector<double> ratios;  // of the elapsed times
  std::vector<Slice> off;
  std::vector<Slice> on;
};

// Nanoseconds that a process has spent on a processor.
double ProcessorTime(const std::string& pid) {
  double nanoseconds = 0;
  std::ifstream("/proc/" + pid + "/schedstat") >> nanoseconds;
  return nanoseconds;
}

class Contest {
 public:
  Contest(BenchTable* table, std::int64_t rows)
      : client_(table->client()), key_(1, rows) {
    client_.Query("ALTER TABLE wide SET (autovacuum_enabled = off)");
    client_.Query("VACUUM wide");
    client_.Query(
        "PREPARE unrelated(bigint) AS UPDATE wide SET payload = "
        "reverse(payload) WHERE id = $1");
    client_.Query(
        "PREPARE concerned(bigint) AS UPDATE wide SET v = v + 1 WHERE id = $1");
  }

  // Slices of so many writes from now on.
  void Configure(const std::string& synchronous_commit, std::int64_t writes) {
    client_.Query("SET synchronous_commit = " + synchronous_commit);
    writes_ = writes;
  }

  // Which of the two comes first changes from pair to pair.
  Cost Compare(const std::string& statement, std::int64_t pairs) {
    Cost cost;
    for (std::int64_t i = 0; i < pairs; ++i) {
      const bool first = i % 2 == 0;
      const Slice a = Play(statement, first);
      const Slice b = Play(statement, !first);
      cost.on.push_back(first ? a : b);
      cost.off.push_back(first ? b : a);
      cost.ratios.push_back(cost.on.back().elapsed / cost.off.back().elapsed);
    }
    return cost;
  }

 private:
  // Gone, not disabled: the server would lock each row for them all the same.
  void SetTriggers(bool there) {
    for (const auto& trigger : triggers_) {
      client_.Query("DROP TRIGGER IF EXISTS \"" + *trigger[0] + "\" ON wide");
      if (there) client_.Query(*trigger[1]);
    }
  }

  Slice Play(const std::string& statement, bool triggers) {
    SetTriggers(triggers);
    const std::string execute = "EXECUTE " + statement + "(";
    const auto start = SteadyClock::now();
    const double processor = ProcessorTime(pid_);
    for (std::int64_t i = 0; i < writes_; ++i) {
      client_.Query(execute + std::to_string(key_(random_)) + ")");
    }
    const auto writes = static_cast<double>(writes_);
    return {SecondsSince(start) * 1e6 / writes,
            (ProcessorTime(pid_) - processor) / 1e3 / writes};
  }

  test::Client& client_;
  const test::Rows triggers_ = client_.Query(
      "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = "
      "'wide'::regclass");
  const std::string pid_ = *client_.One("SELECT pg_backend_pid()");
  std::mt19937_64 random_{1};
  std::uniform_int_distribution<std::int64_t> key_;
  std::int64_t writes_ = 0;
};

double MedianOf(const std::vector<Slice>& slices, double Slice::*figure) {
  std::vector<double> values;
  for (const Slice& slice : slices) values.push_back(slice.*figure);
  return Median(values);
}

void PrintRow(const char* name, const Cost& cost) {
  std::cout << fmt::format(
      "{:<25} {:>8.2f} {:>8.2f} {:>8.3f} | {:>8.2f} {:>8.2f}\n", name,
      MedianOf(cost.off, &Slice::elapsed), MedianOf(cost.on, &Slice::elapsed),
      Median(cost.ratios), MedianOf(cost.off, &Slice::processor),
      MedianOf(cost.on, &Slice::processor));
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
                   "transaction; {} pairs of {} writes, or of {} where each "
                   "waits for the disk\n\n",
                   rows, pairs, writes, writes / 10)
            << "microseconds a write                elapsed           | of it "
               "the server's\n"
               "UPDATE                         off       on    times |      "
               "off       on\n";
  Contest contest(&table, rows);
  contest.Configure("off", writes);
  contest.Compare("unrelated", 2);  // warms the caches
  PrintRow("unrelated, not flushed", contest.Compare("unrelated", pairs));
  PrintRow("the column, not flushed", contest.Compare("concerned", pairs));
  contest.Configure("on", writes / 10);
  const Cost unrelated = contest.Compare("unrelated", pairs);
  const Cost concerned = contest.Compare("concerned", pairs);
  PrintRow("unrelated, flushed", unrelated);
  PrintRow("the column, flushed", concerned);
  std::cout << "\n";
  Targets targets;
  targets.AtMost("UPDATE of an unrelated column, flushed",
                 Median(unrelated.ratios), kMostUnrelated);
  targets.AtMost("UPDATE of the column, flushed", Median(concerned.ratios),
                 kMostConcerned);
  return targets.ExitCode();
}

}  // namespace
}  // namespace segue::bench

int main() { return segue::bench::Main(); }
