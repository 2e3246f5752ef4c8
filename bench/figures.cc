#include "bench/figures.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <thread>

namespace segue::bench {

std::int64_t FromEnvironment(const char* name, std::int64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::atoll(text);
}

std::vector<std::string> WordsFromEnvironment(const char* name) {
  const char* text = std::getenv(name);
  std::istringstream words(text == nullptr ? "" : text);
  std::vector<std::string> all;
  for (std::string word; words >> word;) all.push_back(word);
  return all;
}

double SecondsSince(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

double Median(std::vector<double> values) {
  return Quantile(std::move(values), 0.5);
}

double Quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto at =
      static_cast<std::size_t>(share * static_cast<double>(values.size()));
  return values[std::min(at, values.size() - 1)];
}

namespace {

// As the manual of PostgreSQL recommends for a machine of its own.
std::string QuarterOfMemory() {
  const double bytes = static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
                       static_cast<double>(sysconf(_SC_PAGE_SIZE));
  return std::to_string(static_cast<std::int64_t>(bytes / 4 / 1024 / 1024)) +
         "MB";
}

}  // namespace

test::PostgresOptions ServerOptions() {
  test::PostgresOptions options;
  options.fsync = true;
  options.settings = {{"shared_buffers", QuarterOfMemory()},
                      {"max_wal_size", "16GB"},
                      {"min_wal_size", "8GB"}};
  return options;
}

double MedianRatio(const std::vector<double>& one,
                   const std::vector<double>& other) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < one.size(); ++i) {
    ratios.push_back(one[i] / other[i]);
  }
  return Median(ratios);
}

std::string ServerText(test::Client& client) {
  const auto setting = [&client](const std::string& name) {
    return *client.One("SHOW " + name);
  };
  return fmt::format(
      "PostgreSQL {}, {} processors; shared_buffers {}, min_wal_size {}, "
      "max_wal_size {}, fsync "
      "{}, synchronous_commit {}",
      setting("server_version"), std::thread::hardware_concurrency(),
      setting("shared_buffers"), setting("min_wal_size"),
      setting("max_wal_size"), setting("fsync"), setting("synchronous_commit"));
}

bool NothingToRunOn() {
  if (test::PostgresServer::Available()) return false;
  std::cerr << "*** NOT RUN: install postgresql-15 ***\n";
  return true;
}

void Targets::AtMost(const std::string& name, double value, double most,
                     const char* unit) {
  Line(name, value, unit, "<=", most, value <= most);
}

void Targets::AtLeast(const std::string& name, double value, double least,
                      const char* unit) {
  Line(name, value, unit, ">=", least, value >= least);
}

void Targets::Line(const std::string& name, double value, const char* unit,
                   const char* relation, double target, bool met) {
  std::cout << fmt::format("{:<52} {:>10.2f} {:<4} target {} {:>8.2f}  {}\n",
                           name, value, unit, relation, target,
                           met ? "met" : "MISSED");
  met_ &= met;
}

int Targets::ExitCode() const {
  return met_ || std::getenv("BENCH_STRICT") == nullptr ? 0 : 1;
}

}  // namespace segue::bench
