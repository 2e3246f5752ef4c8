#include "bench/segue_run.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace segue::bench {
namespace {

// The kernel's high-water mark of a process's memory; 0 when it has ended.
double PeakMegabytes(int pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  std::string word;
  while (status >> word) {
    double kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes / 1024;
  }
  return 0;
}

test::Command StartCommand(const BenchTable& table, const std::string& folder,
                           const std::vector<std::string>& options, Speed speed,
                           const std::string& operation) {
  if (speed == Speed::kFlatOut) {
    std::ofstream(folder + "/segue.yaml") << "throttle: {foreground: off}\n";
  }
  std::ofstream(folder + "/01_bench.yaml")
      << "operations:\n  - " << operation << "\n";
  test::Command command = test::SegueCommand(
      {"start", "01_bench.yaml", "--quiet", "--url", table.Url()});
  for (const std::string& option : options) command.argv.push_back(option);
  for (const std::string& option :
       WordsFromEnvironment("BENCH_START_OPTIONS")) {
    command.argv.push_back(option);
  }
  command.directory = folder;
  return command;
}

}  // namespace

SegueRun::SegueRun(const BenchTable& table,
                   const std::vector<std::string>& options, Speed speed,
                   const std::string& operation)
    : start_(SteadyClock::now()),
      process_(StartCommand(table, folder_.path(), options, speed, operation)) {
}

void SegueRun::Finish(test::Client* client) {
  constexpr int kLooks = 20;  // at the process, for one at the ledger
  for (int looks = 0; process_.running(); ++looks) {
    peak_megabytes_ = std::max(peak_megabytes_, PeakMegabytes(process_.pid()));
    if (client != nullptr && looks % kLooks == 0) {
      ranges_ = std::max(ranges_, LedgerRows(*client, "range"));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  total_seconds_ = SecondsSince(start_);
  const test::Finished finished = process_.Wait();
  if (finished.exit_code != 0) {
    throw std::runtime_error("segue start failed: " + finished.err);
  }
}

double SecondsOfFill(test::Client& client, const std::string& last) {
  return std::stod(*client.One(
      "WITH a AS (SELECT a.changed_at::timestamptz AS at, g.plan::json #> "
      "ARRAY['steps', step::text, 'actions', action::text] AS planned FROM "
      "segue.action a JOIN segue.migration g ON g.id = a.migration WHERE "
      "a.action >= 0 AND a.state = 'done'), "
      "b AS (SELECT at FROM a WHERE planned ->> 'kind' = 'backfill') "
      "SELECT extract(epoch FROM (SELECT max(at) FROM a WHERE " +
      last + ") - (SELECT max(at) FROM a WHERE a.at < (SELECT at FROM b)))"));
}

double BackfillSeconds(test::Client& client) {
  return SecondsOfFill(client, "planned ->> 'kind' = 'backfill'");
}

std::string Segue(const BenchTable& table, std::vector<std::string> command) {
  command.insert(command.end(), {"--url", table.Url()});
  const test::Finished finished =
      test::RunCommand(test::SegueCommand(command), std::chrono::hours(2));
  if (finished.exit_code != 0) {
    throw std::runtime_error("segue " + command[0] + ": " + finished.err);
  }
  return finished.out;
}

bool KnowsOption(const std::string& command, const std::string& option) {
  const std::string help =
      test::OutputOf(test::SegueCommand({"help", command}));
  return help.find(option + " ") != std::string::npos;
}

std::int64_t LedgerRows(test::Client& client, const std::string& table) {
  const auto there =
      client.One("SELECT to_regclass('segue." + table + "') IS NOT NULL");
  if (*there != "t") return 0;
  return std::stoll(*client.One("SELECT count(*) FROM segue." + table));
}

}  // namespace segue::bench
