// What others see of a command: metrics over HTTP and in a file, and the log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/commands/bad_input.h"
#include "tests/doubles/exposition.h"
#include "tests/support/scrape.h"

namespace segue::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

class TelemetryTest : public BadInputTest {
 protected:
  void SetUp() override {
    BadInputTest::SetUp();
    if (IsSkipped()) return;
    WriteRename();
  }
  std::string ReadFile(const std::string& name) {
    std::ifstream file(folder() + "/" + name);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  // Each line is an object, or this throws.
  static std::vector<Json> Lines(const std::string& text) {
    std::vector<Json> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
      lines.push_back(Json::parse(line));
    }
    return lines;
  }
  static std::vector<std::string> Events(const std::vector<Json>& lines) {
    std::vector<std::string> events;
    for (const Json& line : lines) {
      for (const char* field : {"time", "level", "message"}) {
        EXPECT_TRUE(line.contains(field)) << line;
      }
      events.push_back(line.value("event", ""));
    }
    return events;
  }
};

TEST_P(TelemetryTest, AFileKeepsWhatTheRunCameTo) {
  ASSERT_EQ(
      0, Segue({"start", "01_full_name.yaml", "--metrics-file", "segue.prom"})
             .exit_code);
  const Exposition ready(ReadFile("segue.prom"));
  EXPECT_EQ(ready.Value("segue_running"), 0);
  EXPECT_EQ(
      ready.Value("segue_backfill_rows_total", {{"migration", "01_full_name"}}),
      3);
  EXPECT_THAT(ready.Active("segue_migration_ready", "migration"),
              ElementsAre("01_full_name"));
  ASSERT_EQ(
      0,
      Segue({"complete", "--yes", "--metrics-file", "segue.prom"}).exit_code);
  EXPECT_THAT(Exposition(ReadFile("segue.prom"))
                  .Active("segue_migration_phase", "phase"),
              ElementsAre("COMPLETE"));
  ASSERT_EQ(
      4,
      Segue({"complete", "--yes", "--metrics-file", "segue.prom"}).exit_code);
  EXPECT_THAT(Exposition(ReadFile("segue.prom"))
                  .Active("segue_last_error_info", "kind"),
              ElementsAre("not_found"));
}

TEST_P(TelemetryTest, WhatCannotBeServedOrWrittenEndsItBeforeItBegins) {
  const Finished address =
      Segue({"start", "01_full_name.yaml", "--metrics", "here"});
  EXPECT_EQ(address.exit_code, 2);
  EXPECT_THAT(address.err, HasSubstr("\"here\" is no address to listen on"));
  const Finished file =
      Segue({"start", "01_full_name.yaml", "--metrics-file", "no/where"});
  EXPECT_EQ(file.exit_code, 2);
  EXPECT_THAT(file.err, HasSubstr("No such file or directory"));
  const Finished log =
      Segue({"start", "01_full_name.yaml", "--log", "/proc/none"});
  EXPECT_EQ(log.exit_code, 2) << log.err;
  EXPECT_THAT(Segue({"start", "01_full_name.yaml", "--log-format", "json"}).err,
              HasSubstr("--log-format needs --log"));
  EXPECT_THAT(Segue({"status"}).out, HasSubstr("No migration"));
}

TEST_P(TelemetryTest, LogsALineForWhatHappens) {
  ASSERT_EQ(
      0, Segue({"start", "01_full_name.yaml", "--log", "run.log"}).exit_code);
  const std::vector<Json> lines = Lines(ReadFile("run.log"));
  const std::vector<std::string> events = Events(lines);
  EXPECT_EQ(events.front(), "phase");
  EXPECT_THAT(events, Contains("step_started"));
  EXPECT_THAT(events, Contains("rows"));
  EXPECT_EQ(events.back(), "ended");
  for (const Json& line : lines) {
    EXPECT_EQ(line.value("migration", ""), "01_full_name") << line;
    EXPECT_NE(line.value("phase", ""), "") << line;
    EXPECT_EQ(line.value("database", ""), db().Url()) << line;
  }
  EXPECT_THAT(events, Contains("started"));
  EXPECT_THAT(events, Contains("ready"));
  // Appended to, and an error is its last line.
  ASSERT_EQ(2, Segue({"start", "none.yaml", "--log", "run.log"}).exit_code);
  const std::vector<Json> more = Lines(ReadFile("run.log"));
  EXPECT_GT(more.size(), lines.size());
  EXPECT_EQ(more.back().value("level", ""), "error");
  EXPECT_EQ(more.back().value("event", ""), "failed");
}

TEST_P(TelemetryTest, AFailedRunIsLoggedOnce) {
  // The call compiles on SQLite, so that only the run finds the fault there.
  WriteFile("02_bad.yaml",
            "operations: [{sql: {up: \"SELECT segue_fail('no')\"}}]");
  EXPECT_NE(0, Segue({"start", "02_bad.yaml", "--log", "run.log"}).exit_code);
  const std::vector<std::string> events = Events(Lines(ReadFile("run.log")));
  EXPECT_EQ(std::count(events.begin(), events.end(), "failed"), 1);
  EXPECT_EQ(events.back(), "failed");
  EXPECT_THAT(events, Contains("rolled_back"));
  EXPECT_THAT(events, Not(Contains("ended")));
}

TEST_P(TelemetryTest, OnStandardErrorTheLogIsAlone) {
  const Finished finished = Segue(
      {"start", "01_full_name.yaml", "--log", "-", "--metrics", "127.0.0.1:0"});
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_THAT(Events(Lines(finished.err)), Contains("step_done"));
  const Finished failed = Segue({"rollback", "--log", "-"});
  EXPECT_EQ(failed.exit_code, 0);
  const Finished nothing = Segue({"rollback", "--log", "-"});
  EXPECT_EQ(nothing.exit_code, 4);
  EXPECT_THAT(Events(Lines(nothing.err)), ElementsAre("failed"));
  EXPECT_THAT(Segue({"rollback", "--log", "-", "--log-format", "text"}).err,
              HasSubstr("Z error no migration is active"));
}

SEGUE_INSTANTIATE(TelemetryTest);

class PostgresTelemetryTest : public TelemetryTest {};

TEST_P(PostgresTelemetryTest, AScrapeOfTheProgramWhileItWaits) {
  auto holder = db().NewClient();
  holder->Query("BEGIN; LOCK TABLE users IN ROW EXCLUSIVE MODE");
  Command command =
      SegueCommand({"start", "01_full_name.yaml", "--url", db().Url(),
                    "--metrics", "127.0.0.1:0", "--lock-budget", "50ms"});
  command.directory = folder();
  Process segue(command);
  segue.WaitForOutput("waiting:");
  const std::string err = segue.Err();
  const std::size_t at = err.find("http://");
  ASSERT_NE(at, std::string::npos) << err;
  const std::string url = err.substr(at, err.find('\n', at) - at);
  const Exposition waiting(Scrape(url));
  EXPECT_EQ(waiting.Value("segue_running"), 1);
  EXPECT_GE(
      *waiting.Value("segue_retries_total",
                     {{"migration", "01_full_name"}, {"kind", "lock_timeout"}}),
      1);
  EXPECT_THAT(waiting.Active("segue_migration_phase", "phase"),
              ElementsAre("EXPANDING"));
  // Its port is taken.
  const std::string address = url.substr(7, url.rfind('/') - 7);
  const Finished second = Segue({"resume", "--quiet", "--metrics", address});
  EXPECT_EQ(second.exit_code, 2);
  EXPECT_THAT(second.err, HasSubstr("Address already in use"));
  holder->Query("COMMIT");
  EXPECT_EQ(segue.Wait().exit_code, 0);
}

TEST_P(PostgresTelemetryTest, NoPasswordIsInAnyOfIt) {
  std::string url = db().Url();
  url.replace(url.find("postgres@"), 9, "postgres:hunter2secret@");
  for (const char* command : {"start", "complete", "complete"}) {
    std::vector<std::string> words = {command,     "--url",   url,
                                      "--log",     "run.log", "--metrics-file",
                                      "segue.prom"};
    words.emplace_back(std::string(command) == "start" ? "01_full_name.yaml"
                                                       : "--yes");
    const Finished finished = Segue(words);
    EXPECT_THAT(finished.err + finished.out, Not(HasSubstr("hunter2secret")));
    EXPECT_THAT(ReadFile("segue.prom"), Not(HasSubstr("hunter2secret")));
  }
  EXPECT_THAT(ReadFile("run.log"), HasSubstr("\"event\":\"failed\""));
  EXPECT_THAT(ReadFile("run.log"), Not(HasSubstr("hunter2secret")));
}

SEGUE_INSTANTIATE_ON(PostgresTelemetryTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
