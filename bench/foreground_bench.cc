// What an application notices of a backfill at its default pace: pgbench at
// half of what the machine can do, ten seconds with the backfill and ten
// without, turn by turn. The backfill is one, paused in between; the triggers
// are there throughout. Then ten seconds with a loop of bare UPDATEs that write
// as many rows: what the database itself lets others feel. Each round begins
// with what either can do alone, since a machine that others share is not as
// fast in one minute as in the next.
//   BENCH_ROWS     rows of the table (4000000)
//   BENCH_ROUNDS   rounds: two without, one with and one with the loop (7)
//   BENCH_SECONDS  of each (10)
//   BENCH_CLIENTS  of the application (4)
//   BENCH_STRICT   exit with 1 when a target is missed
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <iostream>
#include <memory>
#include <thread>
#include <vector>

#include "bench/bench_table.h"
#include "bench/figures.h"
#include "bench/pgbench_load.h"
#include "bench/segue_run.h"

namespace segue::bench {
namespace {

constexpr double kMostTimes = 1.5;
constexpr double kLeastPace = 0.25;

// What a round may take of a table of 4,000,000 rows.
constexpr double kOfATable = 0.45;

struct Round {
  double capacity = 0;  // transactions a second, without a backfill
  double flat_out = 0;  // rows a second, with nobody else at work
  Load before;
  Load again;  // also without: how much two such figures differ
  Load with;
  double rows_per_second = 0;
  std::string pace;  // at its end: "50% foreground"
  Load bare;         // with the loop
  double bare_rows_per_second = 0;

  double share() const { return rows_per_second / flat_out; }
  // Milliseconds.
  double p99_without() const { return (before.p99_ms + again.p99_ms) / 2; }
  std::int64_t failed() const {
    return before.failed + again.failed + with.failed + bare.failed;
  }
};

// UPDATEs by position with rests between, each a transaction of its own that is
// flushed, of a fourth of the rows of its pages, as a fill has them; on a table
// that nobody else uses, from its first page to its last, again and again.
class BareLoop {
 public:
  explicit BareLoop(BenchTable* table) : client_(table->client()) {
    client_.Query("ALTER TABLE wide SET (autovacuum_enabled = off)");
    client_.Query(
        "PREPARE bare(tid, tid, integer) AS WITH done AS (UPDATE wide SET v = "
        "v + 1 WHERE ctid > $1 AND ctid <= $2 AND hashtid(ctid) & 3 = $3 "
        "RETURNING 1) SELECT count(*) FROM done");
    pages_ = std::stod(
        *client_.One("SELECT relpages FROM pg_class WHERE relname = 'wide'"));
    rows_ = std::stod(
        *client_.One("SELECT reltuples FROM pg_class WHERE relname = 'wide'"));
  }
  ~BareLoop() { Stop(); }

  // So many rows, about.
  void Go(double rows_per_second) {
    constexpr std::chrono::milliseconds kEvery{5};
    const double rows = rows_per_second * Seconds(kEvery).count();
    const double pages = std::max(1.0, rows * 4 * pages_ / rows_);
    done_ = 0;
    start_ = SteadyClock::now();
    stopping_ = false;
    thread_ = std::thread([this, pages, kEvery] {
      auto due = SteadyClock::now();
      while (!stopping_) {
        std::this_thread::sleep_until(due);
        Update(pages);
        due = std::max(due + kEvery, SteadyClock::now());
      }
    });
  }
  // How many rows a second it came to.
  double Stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
    return done_ / SecondsSince(start_);
  }

 private:
  using Seconds = std::chrono::duration<double>;

  // Eight chunks of pages share by share, then the next eight.
  void Update(double pages) {
    const std::int64_t lap = chunk_ / 32;
    const std::int64_t share = chunk_ / 8 % 4;
    const double at =
        std::fmod(static_cast<double>(lap * 8 + chunk_ % 8) * pages, pages_);
    ++chunk_;
    done_ += std::stod(
        *client_.One(fmt::format("EXECUTE bare('({:.0f},0)', '({:.0f},0)', {})",
                                 at, at + pages, share)));
  }

  test::Client& client_;
  double pages_ = 0;
  double rows_ = 0;
  std::int64_t chunk_ = 0;
  double done_ = 0;  // rows
  SteadyClock::time_point start_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

// The backfill, held and let go; started anew when it has come to its end.
class Backfill {
 public:
  explicit Backfill(BenchTable* table) : table_(table) {
    // Looking at it is no reason for it to make way.
    table_->client().Query("SET application_name = 'segue bench'");
    Begin();
  }
  ~Backfill() {
    try {
      Hold();
    } catch (const std::exception&) {
      // The table goes next; the process is killed by its owner.
    }
  }

  void Go() {
    if (!run_->running()) Begin();
    Segue(*table_, {"resume"});
  }
  // Returns when the chunk in flight is done.
  void Hold() {
    if (!run_->running()) return;
    Segue(*table_, {"pause"});
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
  // As if nobody had been at work before: by a new process, from the first row
  // where less than this share of them is left.
  void Renew(double share, std::int64_t rows) {
    if (run_->running() && Done() < (1 - share) * static_cast<double>(rows)) {
      run_.reset();  // kills it
      Start();
    } else {
      Begin();
    }
    Hold();
  }
  // Rows, as of the last chunk.
  double Done() {
    return std::stod(*table_->client().One(
        "SELECT (SELECT coalesce(sum(moved), 0) FROM segue.range) + (SELECT "
        "coalesce(sum(moved), 0) FROM segue.motion WHERE done = 1)"));
  }
  // What it may do, and why no more.
  std::string Pace() {
    return *table_->client().One(
        "SELECT allowed / 10 || '% ' || reason FROM segue.pace");
  }
  bool running() { return run_->running(); }

 private:
  void Begin() {
    if (run_) {
      if (run_->running()) {
        Segue(*table_, {"cancel"});
        while (run_->running()) {
          std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
      } else {
        Segue(*table_, {"rollback"});
      }
      table_->client().Query("VACUUM wide");
      table_->client().Query("CHECKPOINT");
    }
    Start();
  }
  // Returns when rows are being moved, or could be.
  void Start() {
    run_ = std::make_unique<SegueRun>(*table_, std::vector<std::string>(),
                                      Speed::kDefault);
    while (run_->running() &&
           *table_->client().One("SELECT EXISTS (SELECT FROM pg_trigger WHERE "
                                 "tgrelid = 'wide'::regclass)") != "t") {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  BenchTable* const table_;
  std::unique_ptr<SegueRun> run_;
};

// Before anybody else has been at work.
double FlatOut(Backfill& backfill, int seconds) {
  backfill.Go();
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  const double before = backfill.Done();
  const auto start = SteadyClock::now();
  while (backfill.running() && SecondsSince(start) < seconds) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  const double rate = (backfill.Done() - before) / SecondsSince(start);
  const std::string pace = backfill.Pace();
  if (pace != "100% ") throw std::runtime_error("flat out at " + pace);
  backfill.Hold();
  return rate;
}

Round Play(Backfill& backfill, BareLoop& bare, PgbenchLoad& load, int seconds) {
  Round round;
  round.flat_out = FlatOut(backfill, seconds / 3);
  round.capacity = load.Run(seconds / 2, 0).per_second;
  const double rate = round.capacity / 2;
  // Else the kernel writes what one part has left half a minute later, and
  // stops the commits of another.
  ::sync();
  round.before = load.Run(seconds, rate);
  ::sync();
  round.again = load.Run(seconds, rate);
  ::sync();
  backfill.Go();
  const double before = backfill.Done();
  const auto start = SteadyClock::now();
  round.with = load.Run(seconds, rate);
  round.rows_per_second = (backfill.Done() - before) / SecondsSince(start);
  round.pace = backfill.Pace();
  backfill.Hold();
  ::sync();
  bare.Go(round.rows_per_second);
  round.bare = load.Run(seconds, rate);
  round.bare_rows_per_second = bare.Stop();
  return round;
}

void PrintRounds(const std::vector<Round>& rounds) {
  std::cout
      << "         alone           without       without again           bare "
         "UPDATEs            with the backfill                of flat\n"
         "round  tx/s   rows/s    p50     p99     p50     p99     p50     "
         "p99  rows/s     p50     p99     max  rows/s     out  failed  pace\n";
  int number = 0;
  for (const Round& round : rounds) {
    std::cout << fmt::format(
        "{:>5} {:>5.0f} {:>8.0f} {:>6.2f} {:>7.2f} {:>7.2f} {:>7.2f} {:>7.2f} "
        "{:>7.2f} {:>7.0f} {:>7.2f} {:>7.2f} {:>7.1f} {:>7.0f} "
        "{:>6.0f}% {:>7}  {}\n",
        ++number, round.capacity, round.flat_out, round.before.p50_ms,
        round.before.p99_ms, round.again.p50_ms, round.again.p99_ms,
        round.bare.p50_ms, round.bare.p99_ms, round.bare_rows_per_second,
        round.with.p50_ms, round.with.p99_ms, round.with.max_ms,
        round.rows_per_second, 100 * round.share(), round.failed(), round.pace);
  }
  std::cout << "\n";
}

void PrintTimes(const char* what, const std::vector<double>& times) {
  std::cout << fmt::format(
      "p99 {:<28} median {:.2f}x, from {:.2f}x to {:.2f}x\n", what,
      Median(times), Quantile(times, 0), Quantile(times, 1));
}

int PrintTargets(const std::vector<Round>& rounds) {
  std::vector<double> with, without, bare, paces;
  std::int64_t failed = 0;
  for (const Round& round : rounds) {
    with.push_back(round.with.p99_ms / round.p99_without());
    without.push_back(round.again.p99_ms / round.before.p99_ms);
    bare.push_back(round.bare.p99_ms / round.p99_without());
    paces.push_back(round.share());
    failed += round.failed();
  }
  PrintTimes("without, again and before:", without);
  PrintTimes("with bare UPDATEs and without:", bare);
  PrintTimes("with and without (aim 1.20x):", with);
  std::cout << "\n";
  Targets targets;
  targets.AtMost("p99 with the backfill, times without", Median(with),
                 kMostTimes);
  targets.AtLeast("pace, of flat out", Median(paces), kLeastPace);
  targets.AtMost("failed statements", static_cast<double>(failed), 0, "");
  return targets.ExitCode();
}

int Main() {
  if (NothingToRunOn()) return kNotRun;
  if (!PgbenchLoad::Available()) {
    std::cerr << "*** NOT RUN: install pgbench (postgresql-contrib) ***\n";
    return kNotRun;
  }
  const std::int64_t rows = FromEnvironment("BENCH_ROWS", 4'000'000);
  const std::int64_t count = FromEnvironment("BENCH_ROUNDS", 7);
  const int seconds = static_cast<int>(FromEnvironment("BENCH_SECONDS", 10));
  const int clients = static_cast<int>(FromEnvironment("BENCH_CLIENTS", 4));
  test::PostgresServer server(ServerOptions());
  BenchTable table(&server, rows);
  BenchTable beside(&server, rows);
  BareLoop bare(&beside);
  PgbenchLoad load(table, rows, clients);
  std::cout << ServerText(table.client()) << "\n"
            << fmt::format(
                   "table of {} rows of about 200 bytes; {} clients, half of "
                   "the transactions there is room for; {} rounds of 4 times "
                   "{} s\n\n",
                   rows, clients, count, seconds)
            << std::flush;
  Backfill backfill(&table);
  std::vector<Round> rounds;
  for (std::int64_t i = 0; i < count; ++i) {
    backfill.Renew(kOfATable, rows);
    rounds.push_back(Play(backfill, bare, load, seconds));
  }
  PrintRounds(rounds);
  return PrintTargets(rounds);
}

}  // namespace
}  // namespace segue::bench

int main() { return segue::bench::Main(); }
