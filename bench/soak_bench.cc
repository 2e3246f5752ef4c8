// What a query through a view of a published version pays for being counted:
// single rows are read, and written, through the view as segue publishes it and
// through the same view without the count, slice by slice.
//   BENCH_ROWS    rows of the table (100000)
//   BENCH_ROUNDS  pairs of slices; the median of their differences counts (31)
//   BENCH_WRITES  statements of a slice (2000)
//   BENCH_STRICT  exit with 1 when a target is missed
#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <random>
#include <vector>

#include "bench/figures.h"
#include "manifest/manifest.h"
#include "segue/database.h"
#include "segue/migrator.h"

namespace segue::bench {
namespace {

constexpr double kMostMicroseconds = 10;

void Publish(const std::string& url) {
  Database database = Database::Open({url, "", ""});
  MigratorOptions options;
  options.access = Access::kVersioned;
  Migrator(database, options)
      .Start(manifest::Parse(
          "operations: [{rename_column: {table: wide, from: payload, to: "
          "content}}]",
          "01_t.yaml"));
}

class Contest {
 public:
  Contest(test::Client& client, std::int64_t rows)
      : client_(client), key_(1, rows) {
    client_.Query(
        "CREATE SCHEMA plain; CREATE VIEW plain.wide AS SELECT t.id, t.v, "
        "t.payload AS content FROM wide t");
    client_.Query(
        "DO $$ BEGIN IF current_setting('server_version_num')::int >= 150000 "
        "THEN ALTER VIEW plain.wide SET (security_invoker = true); END IF; END "
        "$$");
    client_.Query(
        "SET synchronous_commit = off; SET plan_cache_mode = "
        "force_generic_plan");
    for (const char* side : {"plain", "public_01_t"}) {
      const std::string table = std::string(side) + ".wide";
      client_.Query("PREPARE read_" + std::string(side) +
                    "(bigint) AS SELECT content FROM " + table +
                    " WHERE id = $1");
      client_.Query("PREPARE write_" + std::string(side) +
                    "(bigint) AS UPDATE " + table +
                    " SET v = v + 1 WHERE id = $1");
    }
  }

  // Returns the microseconds of the server's processor that the count adds to
  // each statement: the elapsed time has those of the client and of others.
  double Compare(const std::string& what, std::int64_t pairs,
                 std::int64_t statements) {
    std::vector<double> plain;
    std::vector<double> counted;
    std::vector<double> added;
    for (std::int64_t i = 0; i < pairs; ++i) {
      const bool first = i % 2 == 0;
      const double a = Play(what, first, statements);
      const double b = Play(what, !first, statements);
      counted.push_back(first ? a : b);
      plain.push_back(first ? b : a);
      added.push_back(counted.back() - plain.back());
    }
    std::cout << fmt::format("{:<12} {:>8.2f} {:>8.2f} {:>8.2f}\n", what,
                             Median(plain), Median(counted), Median(added));
    return Median(added);
  }

 private:
  // Nanoseconds that the server's session has spent on a processor.
  double ProcessorTime() const {
    double nanoseconds = 0;
    std::ifstream("/proc/" + pid_ + "/schedstat") >> nanoseconds;
    return nanoseconds;
  }

  double Play(const std::string& what, bool counted, std::int64_t statements) {
    const std::string execute =
        "EXECUTE " + what + (counted ? "_public_01_t(" : "_plain(");
    const double begun = ProcessorTime();
    for (std::int64_t i = 0; i < statements; ++i) {
      client_.Query(execute + std::to_string(key_(random_)) + ")");
    }
    return (ProcessorTime() - begun) / 1e3 / static_cast<double>(statements);
  }

  test::Client& client_;
  const std::string pid_ = *client_.One("SELECT pg_backend_pid()");
  std::mt19937_64 random_{1};
  std::uniform_int_distribution<std::int64_t> key_;
};

int Main() {
  if (NothingToRunOn()) return kNotRun;
  const std::int64_t rows = FromEnvironment("BENCH_ROWS", 100'000);
  const std::int64_t pairs = FromEnvironment("BENCH_ROUNDS", 31);
  const std::int64_t statements = FromEnvironment("BENCH_WRITES", 2000);
  test::PostgresServer server(ServerOptions());
  const std::string url = server.Url(server.CreateDatabase());
  const auto client = test::OpenPostgresClient(url);
  client->Query(
      "CREATE TABLE wide (id bigint PRIMARY KEY, v integer, payload text);"
      "INSERT INTO wide SELECT g, g, repeat('x', 180) FROM "
      "generate_series(1, " +
      std::to_string(rows) + ") g");
  client->Query("VACUUM ANALYZE wide");
  Publish(url);
  std::cout << ServerText(*client) << "\n"
            << fmt::format(
                   "table of {} rows; one session, {} pairs of {} "
                   "statements\n\n",
                   rows, pairs, statements)
            << "us, server      plain  counted    added\n";
  Contest contest(*client, rows);
  contest.Compare("read", 2, statements);  // warms the caches
  const double read = contest.Compare("read", pairs, statements);
  const double write = contest.Compare("write", pairs, statements);
  std::cout << "\n";
  Targets targets;
  targets.AtMost("what a read pays", read, kMostMicroseconds, " us");
  targets.AtMost("what a write pays", write, kMostMicroseconds, " us");
  return targets.ExitCode();
}

}  // namespace
}  // namespace segue::bench

int main() { return segue::bench::Main(); }
