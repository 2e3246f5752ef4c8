// What 16 writers at once pay for the count of the writes that the final shape
// will refuse: inserts without a value for a column that becomes NOT NULL, with
// the count in the trigger and without it, slice by slice. All of them take
// numbers of one sequence.
//   BENCH_ROUNDS   pairs of slices; the median of their ratios counts (15)
//   BENCH_WRITES   statements of a slice and writer (500)
//   BENCH_CLIENTS  writers (16)
//   BENCH_STRICT   exit with 1 when a target is missed
#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <regex>
#include <thread>
#include <vector>

#include "bench/figures.h"
#include "manifest/manifest.h"
#include "segue/database.h"
#include "segue/migrator.h"

namespace segue::bench {
namespace {

constexpr double kMost = 1.03;

void Start(const std::string& url) {
  Database database = Database::Open({url, "", ""});
  Migrator(database, {})
      .Start(manifest::Parse("operations: [{alter_column: {table: users, "
                             "column: name, nullable: false, up: \"'none'\"}}]",
                             "01_t.yaml"));
}

class Contest {
 public:
  Contest(const std::string& url, std::int64_t writers, std::int64_t writes)
      : admin_(test::OpenPostgresClient(url)), writes_(writes) {
    counted_ = *admin_->One(
        "SELECT pg_get_functiondef(p.oid) FROM pg_trigger t JOIN pg_proc p ON "
        "p.oid = t.tgfoid WHERE t.tgrelid = 'users'::regclass LIMIT 1");
    plain_ = std::regex_replace(
        counted_,
        std::regex(R"(IF pg_catalog\.nextval\('[^;]*'\) IS NULL THEN)"),
        "IF false THEN");
    if (plain_ == counted_) throw std::runtime_error("the trigger counts not");
    for (std::int64_t i = 0; i < writers; ++i) {
      writers_.push_back(test::OpenPostgresClient(url));
      writers_.back()->Query("PREPARE w AS INSERT INTO users DEFAULT VALUES");
    }
  }

  void Configure(const std::string& synchronous_commit) {
    for (const auto& writer : writers_) {
      writer->Query("SET synchronous_commit = " + synchronous_commit);
    }
  }

  double Compare(const char* name, std::int64_t pairs) {
    std::vector<double> plain;
    std::vector<double> counted;
    std::vector<double> ratios;
    for (std::int64_t i = 0; i < pairs; ++i) {
      const bool first = i % 2 == 0;
      const double a = Play(first);
      const double b = Play(!first);
      counted.push_back(first ? a : b);
      plain.push_back(first ? b : a);
      ratios.push_back(counted.back() / plain.back());
    }
    std::cout << fmt::format("{:<14} {:>9.0f} {:>9.0f} {:>8.3f}\n", name,
                             1e6 / Median(plain), 1e6 / Median(counted),
                             Median(ratios));
    return Median(ratios);
  }

 private:
  // Returns microseconds for each write of all of them.
  double Play(bool counted) {
    admin_->Query(counted ? counted_ : plain_);
    admin_->Query("TRUNCATE users");
    const auto start = SteadyClock::now();
    std::vector<std::thread> threads;
    for (const auto& writer : writers_) {
      threads.emplace_back([this, &writer] {
        for (std::int64_t i = 0; i < writes_; ++i) writer->Query("EXECUTE w");
      });
    }
    for (std::thread& thread : threads) thread.join();
    return SecondsSince(start) * 1e6 /
           static_cast<double>(writes_ *
                               static_cast<std::int64_t>(writers_.size()));
  }

  const std::unique_ptr<test::Client> admin_;
  const std::int64_t writes_;
  std::string counted_;  // the trigger's function
  std::string plain_;
  std::vector<std::unique_ptr<test::Client>> writers_;
};

int Main() {
  if (NothingToRunOn()) return kNotRun;
  const std::int64_t pairs = FromEnvironment("BENCH_ROUNDS", 15);
  const std::int64_t writes = FromEnvironment("BENCH_WRITES", 500);
  const std::int64_t writers = FromEnvironment("BENCH_CLIENTS", 16);
  test::PostgresServer server(ServerOptions());
  const std::string url = server.Url(server.CreateDatabase());
  const auto client = test::OpenPostgresClient(url);
  client->Query(
      "CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
      "name text)");
  Start(url);
  std::cout << ServerText(*client) << "\n"
            << fmt::format(
                   "{} writers, a row a transaction; {} pairs of {} "
                   "writes each\n\n",
                   writers, pairs, writes)
            << "writes a second    plain   counted    times\n";
  Contest contest(url, writers, writes);
  contest.Configure("off");
  contest.Compare("warming up", 1);
  contest.Compare("not flushed", pairs);
  contest.Configure("on");
  const double flushed = contest.Compare("flushed", pairs);
  std::cout << "\n";
  Targets targets;
  targets.AtMost("16 writers, flushed", flushed, kMost);
  return targets.ExitCode();
}

}  // namespace
}  // namespace segue::bench

int main() { return segue::bench::Main(); }
