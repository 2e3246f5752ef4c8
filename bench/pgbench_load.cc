#include "bench/pgbench_load.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "bench/figures.h"
#include "tests/support/process.h"

namespace segue::bench {
namespace {

namespace fs = std::filesystem;

std::string Program() { return test::PostgresServer::BinFolder() + "/pgbench"; }

// Milliseconds of each transaction in the logs of a folder, which go with it:
// "client number microseconds script epoch us lag".
std::vector<double> TakeLatencies(const std::string& folder) {
  std::vector<double> latencies;
  std::vector<fs::path> logs;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename().string().starts_with("log")) {
      logs.push_back(entry.path());
    }
  }
  for (const fs::path& log : logs) {
    std::ifstream file(log);
    for (std::string line; std::getline(file, line);) {
      std::istringstream fields(line);
      double client = 0, number = 0, microseconds = 0;
      if (fields >> client >> number >> microseconds) {
        latencies.push_back(microseconds / 1000);
      }
    }
    fs::remove(log);
  }
  return latencies;
}

}  // namespace

PgbenchLoad::PgbenchLoad(const BenchTable& table, std::int64_t rows,
                         int clients)
    : url_(table.Url()), clients_(clients) {
  std::ofstream(folder_.path() + "/script.sql")
      << "\\set id random(1, " << rows << ")\n"
      << "BEGIN;\n"
         "SELECT v FROM wide WHERE id = :id;\n"
         "UPDATE wide SET v = v + 1 WHERE id = :id;\n"
         "END;\n";
}

bool PgbenchLoad::Available() { return fs::exists(Program()); }

Load PgbenchLoad::Run(int seconds, double rate) {
  test::Command command;
  command.argv = {Program(),
                  "--no-vacuum",
                  "--protocol=prepared",
                  "--file=script.sql",
                  "--client=" + std::to_string(clients_),
                  "--time=" + std::to_string(seconds),
                  "--log",
                  "--log-prefix=log"};
  if (rate > 0) command.argv.push_back("--rate=" + std::to_string(rate));
  command.argv.push_back(url_);
  command.directory = folder_.path();
  const test::Finished finished =
      test::RunCommand(command, std::chrono::seconds(seconds * 3 + 60));
  const std::vector<double> latencies = TakeLatencies(folder_.path());
  Load load;
  load.transactions = static_cast<std::int64_t>(latencies.size());
  load.per_second = static_cast<double>(load.transactions) / seconds;
  load.p50_ms = Quantile(latencies, 0.5);
  load.p99_ms = Quantile(latencies, 0.99);
  load.max_ms = Quantile(latencies, 1);
  // A client that meets an error is out, and pgbench says so at its end.
  std::istringstream errors(finished.err);
  for (std::string line; std::getline(errors, line);) {
    load.failed += line.find("aborted") != std::string::npos ? 1 : 0;
  }
  if (finished.exit_code != 0)
    load.failed = std::max<std::int64_t>(load.failed, 1);
  return load;
}

}  // namespace segue::bench
