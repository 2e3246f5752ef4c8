// What the benchmarks share: settings from the environment, medians, the
// server they run on, and the lines that set a figure beside its target.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/postgres_server.h"

namespace segue::bench {

using SteadyClock = std::chrono::steady_clock;

std::int64_t FromEnvironment(const char* name, std::int64_t fallback);
// Separated by blanks; none when it is not set.
std::vector<std::string> WordsFromEnvironment(const char* name);
double SecondsSince(SteadyClock::time_point start);
double Median(std::vector<double> values);
// The median of each round's own ratio of one to the other.
double MedianRatio(const std::vector<double>& one,
                   const std::vector<double>& other);
// The value below which `share` of them are.
double Quantile(std::vector<double> values, double share);

// Flushes to disk, 512 MB of buffers: as a small server of production has it.
test::PostgresOptions ServerOptions();
// Version, processors and the settings that matter, in one line.
std::string ServerText(test::Client& client);
// True, and says so, when there is no server to run on.
bool NothingToRunOn();
constexpr int kNotRun = 77;

// Prints each figure beside its target and remembers whether one was missed.
class Targets {
 public:
  void AtMost(const std::string& name, double value, double most,
              const char* unit = "x");
  void AtLeast(const std::string& name, double value, double least,
               const char* unit = "x");
  // 1 when one was missed and BENCH_STRICT is set.
  int ExitCode() const;

 private:
  void Line(const std::string& name, double value, const char* unit,
            const char* relation, double target, bool met);
  bool met_ = true;
};

}  // namespace segue::bench
