#include "manifest/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "manifest/duration.h"
#include "segue/error.h"

namespace segue::manifest {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

std::string UsageErrorOf(std::string_view text) {
  try {
    ParseConfig(text, "segue.yaml");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage) << error.what();
    return error.what();
  }
  return "";
}

TEST(Config, ReadsWhatItActsOn) {
  const Config config = ParseConfig(R"(
environments:
  local: {url: "sqlite:app.db"}
  staging:
    url: postgres://app@db/app
    schema: shop
    role: owner
directory: migrations
access: versioned
undo_window: 24h
on_transform_error: mark
lock_budget: 250ms
backfill: {chunk_time: 1s}
)",
                                    "segue.yaml");
  EXPECT_EQ(config.environments.at("local").url, "sqlite:app.db");
  EXPECT_EQ(config.environments.at("staging").schema, "shop");
  EXPECT_EQ(config.environments.at("staging").role, "owner");
  EXPECT_EQ(config.directory, "migrations");
  EXPECT_EQ(config.access, Access::kVersioned);
  EXPECT_EQ(config.undo_window, std::chrono::hours(24));
  EXPECT_EQ(config.on_transform_error, OnTransformError::kMark);
  EXPECT_EQ(config.lock_budget, milliseconds(250));
  EXPECT_EQ(config.chunk_time, milliseconds(1000));
}

TEST(Config, ReadsTheStandbysOfAnEnvironment) {
  const Config config = ParseConfig(
      "environments:\n  prod: {url: postgres://p/d, standbys: "
      "[postgres://a/d, postgres://b/d]}\n",
      "segue.yaml");
  EXPECT_EQ(config.environments.at("prod").standbys,
            (std::vector<std::string>{"postgres://a/d", "postgres://b/d"}));
  EXPECT_THAT(UsageErrorOf("environments: {prod: {standbys: [[a]]}}\n"),
              HasSubstr("expected the URL of a standby"));
  EXPECT_THAT(UsageErrorOf("environments: {prod: {standbys: a}}\n"),
              HasSubstr("standbys"));
}

TEST(Config, ReadsWhichVersionsLiveOn) {
  const auto kept = [](const std::string& text) {
    return ParseConfig("keep_versions: " + text + "\n", "segue.yaml")
        .keep_versions;
  };
  EXPECT_EQ(kept("true"), (std::vector<std::string>{kEveryVersion}));
  EXPECT_TRUE(kept("false").empty());
  EXPECT_EQ(kept("[01_a, 02_b]"), (std::vector<std::string>{"01_a", "02_b"}));
  EXPECT_THAT(UsageErrorOf("keep_versions: 01_a\n"),
              HasSubstr("keep_versions"));
  EXPECT_THAT(UsageErrorOf("keep_versions: [[a]]\n"),
              HasSubstr("expected the name of a version"));
}

TEST(Config, ReadsHowFastRowsMayBeMoved) {
  const Config config = ParseConfig(R"(
backfill:
  max_rate: 5000 rows/s, 20MB/s
  window: 22:00-06:00 Europe/Berlin
throttle:
  replication_lag: {soft: 500ms, hard: 5s}
  probe_latency: {soft: 1.5x, hard: 4x}
  disk_free: {soft: 20GB, hard: 10GiB}
  connections: {soft: 70%, hard: 90}
  load_average: off
  flag_file: {path: /tmp/hold}
  sql:
    - {query: SELECT 1, soft: 10, hard: 100}
    - query: SELECT 2
)",
                                    "segue.yaml");
  const PaceOptions& pace = config.pace;
  EXPECT_EQ(pace.rows_per_second, 5000);
  EXPECT_EQ(pace.bytes_per_second, 20e6);
  EXPECT_EQ(pace.window, "22:00-06:00 Europe/Berlin");
  ASSERT_EQ(pace.limits.size(), 8U);
  EXPECT_EQ(pace.limits[0].signal, "replication_lag");
  EXPECT_EQ(pace.limits[0].soft, 0.5);
  EXPECT_EQ(pace.limits[0].hard, 5);
  EXPECT_FALSE(pace.limits[0].relative);
  EXPECT_EQ(pace.limits[1].soft, 1.5);
  EXPECT_TRUE(pace.limits[1].relative);
  EXPECT_EQ(pace.limits[2].soft, 20e9);
  EXPECT_EQ(pace.limits[2].hard, 10.0 * 1024 * 1024 * 1024);
  EXPECT_EQ(pace.limits[3].hard, 90);
  EXPECT_TRUE(std::isinf(pace.limits[4].hard));
  EXPECT_EQ(pace.limits[5].source, "/tmp/hold");
  EXPECT_EQ(pace.limits[6].source, "SELECT 1");
  EXPECT_EQ(pace.limits[7].hard, 1);
}

TEST(Config, SaysWhatIsWrongWithALimit) {
  const auto error = [](const std::string& signal) {
    return UsageErrorOf("throttle:\n  " + signal + "\n");
  };
  EXPECT_THAT(error("replication_lagg: {soft: 1s, hard: 2s}"),
              HasSubstr("nearest is 'replication_lag'"));
  EXPECT_THAT(error("replication_lag: {soft: 1, hard: 2}"),
              HasSubstr("segue.yaml:2: throttle.replication_lag.soft: '1' is "
                        "no limit for replication_lag; write it like 500ms"));
  EXPECT_THAT(error("replication_lag: {soft: 1s}"),
              HasSubstr("needs both soft and hard"));
  EXPECT_THAT(error("replication_lag: {soft: 5s, hard: 2s}"),
              HasSubstr("bad when it is high"));
  EXPECT_THAT(error("disk_free: {soft: 1GB, hard: 2GB}"),
              HasSubstr("bad when it is low"));
  EXPECT_THAT(error("replication_lag: {soft: 1.5x, hard: 2s}"),
              HasSubstr("must both be multiples"));
  EXPECT_THAT(error("sql: {soft: 1, hard: 2}"),
              HasSubstr("missing key 'query'"));
  EXPECT_THAT(error("lock_waits: {soft: 1, hard: 2, query: x}"),
              HasSubstr("unknown key 'query'"));
  EXPECT_THAT(error("lock_waits: 5"), HasSubstr("expected a map"));
  EXPECT_THAT(UsageErrorOf("backfill: {max_rate: fast}\n"),
              HasSubstr("segue.yaml:1: backfill.max_rate: 'fast' is no rate"));
  EXPECT_THAT(UsageErrorOf("backfill: {max_rate: 5000}\n"),
              HasSubstr("is no rate"));
  EXPECT_THAT(UsageErrorOf("backfill: {max_rate: '1MB/s, 2MB/s'}\n"),
              HasSubstr("is no rate"));
  EXPECT_THAT(UsageErrorOf("backfill: {window: nights}\n"),
              HasSubstr("backfill.window: 'nights' is no window of hours"));
}

TEST(Config, EverythingIsOptional) {
  const Config config = ParseConfig("# all defaults\n", "segue.yaml");
  EXPECT_TRUE(config.environments.empty());
  EXPECT_FALSE(config.access);
  EXPECT_EQ(config.lock_budget, milliseconds(0));
  EXPECT_EQ(UsageErrorOf(""), "");
}

TEST(Config, ReadsWhichItemsOfTheGateMayBeUnknown) {
  EXPECT_THAT(ParseConfig("gate: {accept_unknown: [superuser, instances]}\n",
                          "segue.yaml")
                  .accept_unknown,
              testing::ElementsAre("superuser", "instances"));
  EXPECT_THAT(UsageErrorOf("gate: {accept_unknown: [{a: b}]}\n"),
              HasSubstr("expected the name of an item of the gate"));
}

TEST(Config, ReadsHowLongTheOldVersionHasToBeQuiet) {
  EXPECT_EQ(ParseConfig("gate: {soak: 10m}\n", "segue.yaml").soak,
            milliseconds(600'000));
  EXPECT_EQ(ParseConfig("gate: {}\n", "segue.yaml").soak, milliseconds(0));
  EXPECT_THAT(UsageErrorOf("gate: {soak: soon}\n"), HasSubstr("'soon'"));
}

TEST(Config, RefusesWhatItDoesNotActOn) {
  for (const char* key : {"hooks", "webhooks"}) {
    const std::string text = std::string("\n") + key + ": {x: y}\n";
    EXPECT_THAT(UsageErrorOf(text),
                HasSubstr(std::string("segue.yaml:2: ") + key + ": '" + key +
                          "' is not supported yet"));
  }
  EXPECT_THAT(UsageErrorOf("undo_window: 300ms\n"),
              HasSubstr("undo_window is counted in whole seconds"));
  EXPECT_THAT(UsageErrorOf("lock_budged: 1s\n"),
              HasSubstr("nearest is 'lock_budget'"));
  EXPECT_THAT(UsageErrorOf("environments: {a: {uri: x}}\n"),
              HasSubstr("environments.a: unknown key 'uri', nearest is 'url'"));
}

TEST(ParseDuration, ReadsWhatPeopleWrite) {
  EXPECT_EQ(ParseDuration("200ms"), milliseconds(200));
  EXPECT_EQ(ParseDuration("1.5s"), milliseconds(1500));
  EXPECT_EQ(ParseDuration(" 2 m "), milliseconds(120'000));
  EXPECT_EQ(ParseDuration("24h"), milliseconds(86'400'000));
  EXPECT_EQ(ParseDuration("7d"), milliseconds(604'800'000));
  EXPECT_EQ(ParseDuration("0"), milliseconds(0));
}

TEST(ParseDuration, RefusesWhatIsNone) {
  for (const char* text :
       {"", "5", "ms", "-1s", "1e9s", "99999d", "nan s", "inf s", "1 week"}) {
    EXPECT_THROW(ParseDuration(text), Error) << text;
  }
}

}  // namespace
}  // namespace segue::manifest
