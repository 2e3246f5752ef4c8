// segue's backfill beside the usual way of this field: batches of 1000 that
// touch each row (`SET id = id`) so that a row trigger computes the new value.
// With the statistics that the planner wants, and on a table never analyzed.
//   BENCH_ROWS             rows of the analyzed table (1000000)
//   BENCH_ROWS_UNANALYZED  rows of the other (the lesser of that and 300000)
//   BENCH_ROUNDS           rounds; the medians count (3)
//   BENCH_WORKERS          workers of segue's second turn, which the batches
//                          have no like of (2)
//   BENCH_STRICT           exit with 1 when a target is missed
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <vector>

#include "bench/bench_table.h"
#include "bench/figures.h"
#include "bench/segue_run.h"

namespace segue::bench {
namespace {

constexpr double kLeastTimes = 1.7;
constexpr double kLeastTimesUnanalyzed = 3;

struct Contest {
  std::vector<double> rival;  // seconds
  std::vector<double> ours;
  std::vector<double> together;  // by several workers
};

// As such tools write it: lock the next keys, touch their rows, remember the
// last one; each batch a transaction of its own.
double RivalSeconds(test::PostgresServer* server, std::int64_t rows,
                    const TableOptions& options) {
  BenchTable table(server, rows, options);
  test::Client& client = table.client();
  client.Query(
      "ALTER TABLE wide ADD COLUMN new_v bigint; "
      "CREATE FUNCTION fill_new_v() RETURNS trigger LANGUAGE plpgsql AS $$ "
      "BEGIN NEW.new_v := NEW.v; RETURN NEW; END $$; "
      "CREATE TRIGGER fill_new_v BEFORE INSERT OR UPDATE ON wide FOR EACH ROW "
      "EXECUTE FUNCTION fill_new_v(); "
      "PREPARE batch(bigint) AS WITH batch AS (SELECT id FROM wide WHERE id > "
      "$1 ORDER BY id LIMIT 1000 FOR NO KEY UPDATE), moved AS (UPDATE wide SET "
      "id = wide.id FROM batch WHERE wide.id = batch.id RETURNING wide.id) "
      "SELECT max(id) FROM moved");
  const auto start = SteadyClock::now();
  test::Cell last = "0";
  while (last) last = client.One("EXECUTE batch(" + *last + ")");
  const double seconds = SecondsSince(start);
  const auto left = client.One(
      "SELECT count(*) FROM wide WHERE new_v IS "
      "DISTINCT FROM v");
  if (*left != "0") throw std::runtime_error("the rival left rows behind");
  return seconds;
}

double OurSeconds(test::PostgresServer* server, std::int64_t rows,
                  const TableOptions& options, std::int64_t workers) {
  BenchTable table(server, rows, options);
  SegueRun run(table, {"--workers", std::to_string(workers)});
  run.Finish();
  return BackfillSeconds(table.client());
}

Contest Compete(test::PostgresServer* server, std::int64_t rows,
                std::int64_t rounds, std::int64_t workers,
                const TableOptions& options) {
  Contest contest;
  for (std::int64_t i = 0; i < rounds; ++i) {
    contest.rival.push_back(RivalSeconds(server, rows, options));
    contest.ours.push_back(OurSeconds(server, rows, options, 1));
    contest.together.push_back(OurSeconds(server, rows, options, workers));
  }
  return contest;
}

void PrintRow(const std::string& name, std::int64_t rows,
              const std::vector<double>& rival,
              const std::vector<double>& seconds) {
  const double median = Median(seconds);
  std::cout << fmt::format(
      "  {:<20} {:>10} {:>10.2f} {:>10.0f} {:>8.2f}\n", name, rows, median,
      static_cast<double>(rows) / median, MedianRatio(rival, seconds));
}

void PrintContest(const char* name, std::int64_t rows, std::int64_t workers,
                  const Contest& contest) {
  std::cout << name << "\n";
  PrintRow("batches of 1000", rows, contest.rival, contest.rival);
  PrintRow("segue", rows, contest.rival, contest.ours);
  PrintRow(fmt::format("segue, {} workers", workers), rows, contest.rival,
           contest.together);
}

int Main() {
  if (NothingToRunOn()) return kNotRun;
  const std::int64_t rows = FromEnvironment("BENCH_ROWS", 1'000'000);
  const std::int64_t fewer = FromEnvironment(
      "BENCH_ROWS_UNANALYZED", std::min<std::int64_t>(rows, 300'000));
  const std::int64_t rounds = FromEnvironment("BENCH_ROUNDS", 3);
  const std::int64_t workers = FromEnvironment("BENCH_WORKERS", 2);
  test::PostgresServer server(ServerOptions());
  {
    BenchTable table(&server, 1000);
    std::cout << ServerText(table.client()) << "\n"
              << "rows of about 200 bytes; nobody else at work; medians of "
              << rounds << " rounds, turn by turn\n\n";
  }
  const Contest with = Compete(&server, rows, rounds, workers, {});
  const Contest without = Compete(&server, fewer, rounds, workers, {false, 1});
  std::cout << "                             rows          s     rows/s    "
               "times\n";
  PrintContest("analyzed", rows, workers, with);
  PrintContest("never analyzed", fewer, workers, without);
  std::cout << "\n";
  Targets targets;
  targets.AtLeast("faster than batches, with statistics",
                  MedianRatio(with.rival, with.ours), kLeastTimes);
  targets.AtLeast("faster than batches, never analyzed",
                  MedianRatio(without.rival, without.ours),
                  kLeastTimesUnanalyzed);
  return targets.ExitCode();
}

}  // namespace
}  // namespace segue::bench

int main() { return segue::bench::Main(); }
