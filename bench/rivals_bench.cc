// segue's backfill beside the usual way of this field: batches of 1000 that
// touch each row (`SET id = id`) so that a row trigger computes the new value.
// With the statistics that the planner wants, and on a table never analyzed.
//   BENCH_ROWS             rows of the analyzed table (1000000)
//   BENCH_ROWS_UNANALYZED  rows of the other (the lesser of that and 300000)
//   BENCH_ROUNDS           rounds; the medians count (3)
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
                  const TableOptions& options) {
  BenchTable table(server, rows, options);
  SegueRun run(table);
  run.Finish();
  return BackfillSeconds(table.client());
}

Contest Compete(test::PostgresServer* server, std::int64_t rows,
                std::int64_t rounds, const TableOptions& options) {
  Contest contest;
  for (std::int64_t i = 0; i < rounds; ++i) {
    contest.rival.push_back(RivalSeconds(server, rows, options));
    contest.ours.push_back(OurSeconds(server, rows, options));
  }
  return contest;
}

// The median of each round's own ratio.
double Times(const Contest& contest) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < contest.ours.size(); ++i) {
    ratios.push_back(contest.rival[i] / contest.ours[i]);
  }
  return Median(ratios);
}

void PrintRow(const char* name, std::int64_t rows, const Contest& contest) {
  const double rival = Median(contest.rival);
  const double ours = Median(contest.ours);
  const auto count = static_cast<double>(rows);
  std::cout << fmt::format(
      "{:<18} {:>10} {:>10.2f} {:>10.0f} {:>10.2f} {:>10.0f} {:>8.2f}\n", name,
      rows, rival, count / rival, ours, count / ours, Times(contest));
}

int Main() {
  if (NothingToRunOn()) return kNotRun;
  const std::int64_t rows = FromEnvironment("BENCH_ROWS", 1'000'000);
  const std::int64_t fewer = FromEnvironment(
      "BENCH_ROWS_UNANALYZED", std::min<std::int64_t>(rows, 300'000));
  const std::int64_t rounds = FromEnvironment("BENCH_ROUNDS", 3);
  test::PostgresServer server(ServerOptions());
  {
    BenchTable table(&server, 1000);
    std::cout << ServerText(table.client()) << "\n"
              << "rows of about 200 bytes; nobody else at work; medians of "
              << rounds << " rounds, turn by turn\n\n";
  }
  const Contest with = Compete(&server, rows, rounds, {});
  const Contest without = Compete(&server, fewer, rounds, {false, 1});
  std::cout << "                               batches of 1000       segue\n"
               "statistics               rows          s     rows/s          "
               "s     rows/s    times\n";
  PrintRow("analyzed", rows, with);
  PrintRow("never analyzed", fewer, without);
  std::cout << "\n";
  Targets targets;
  targets.AtLeast("faster than batches, with statistics", Times(with),
                  kLeastTimes);
  targets.AtLeast("faster than batches, never analyzed", Times(without),
                  kLeastTimesUnanalyzed);
  return targets.ExitCode();
}

}  // namespace
}  // namespace segue::bench

int main() { return segue::bench::Main(); }
