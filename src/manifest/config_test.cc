#include "manifest/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
undo_window: 0
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
  EXPECT_EQ(config.on_transform_error, OnTransformError::kMark);
  EXPECT_EQ(config.lock_budget, milliseconds(250));
  EXPECT_EQ(config.chunk_time, milliseconds(1000));
}

TEST(Config, EverythingIsOptional) {
  const Config config = ParseConfig("# all defaults\n", "segue.yaml");
  EXPECT_TRUE(config.environments.empty());
  EXPECT_FALSE(config.access);
  EXPECT_EQ(config.lock_budget, milliseconds(0));
  EXPECT_EQ(UsageErrorOf(""), "");
}

TEST(Config, RefusesWhatItDoesNotActOn) {
  for (const char* key : {"throttle", "gate", "hooks", "webhooks"}) {
    const std::string text = std::string("\n") + key + ": {x: y}\n";
    EXPECT_THAT(UsageErrorOf(text),
                HasSubstr(std::string("segue.yaml:2: ") + key + ": '" + key +
                          "' is not supported yet"));
  }
  EXPECT_THAT(UsageErrorOf("undo_window: 24h\n"),
              HasSubstr("'undo_window' is not supported yet"));
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
