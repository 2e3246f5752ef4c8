#include "cli/intervals.h"

#include <gtest/gtest.h>

#include <map>
#include <sstream>

namespace segue::cli {
namespace {

MigratorOptions Read(const std::map<std::string, std::string>& environment) {
  std::ostringstream out;
  Surroundings around{
      out, out, "", [&](const std::string& name) -> std::optional<std::string> {
        const auto found = environment.find(name);
        if (found == environment.end()) return std::nullopt;
        return found->second;
      }};
  const Arguments arguments;
  CancelToken cancel;
  MigratorOptions options;
  ReadIntervals(Context{around, arguments, cancel}, options);
  return options;
}

TEST(IntervalsTest, ComeFromTheEnvironment) {
  const MigratorOptions options =
      Read({{"SEGUE_LEASE_SECONDS", "2"}, {"SEGUE_MONITOR_MS", "100"}});
  EXPECT_EQ(options.lease, std::chrono::seconds(2));
  EXPECT_EQ(options.pace.reading_interval, std::chrono::milliseconds(100));
}

TEST(IntervalsTest, WhatIsNoNumberAboveZeroChangesNothing) {
  const MigratorOptions usual;
  for (const char* text : {"", "0", "-1", "2s", "two"}) {
    const MigratorOptions options =
        Read({{"SEGUE_LEASE_SECONDS", text}, {"SEGUE_MONITOR_MS", text}});
    EXPECT_EQ(options.lease, usual.lease) << text;
    EXPECT_EQ(options.pace.reading_interval, usual.pace.reading_interval);
  }
  EXPECT_EQ(Read({}).lease, usual.lease);
}

}  // namespace
}  // namespace segue::cli
