// What holds a backfill back, as a user sees it and changes it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/commands/bad_input.h"
#include "tests/support/eventually.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

class ThrottleCommandTest : public BadInputTest {
 protected:
  void SetUp() override {
    BadInputTest::SetUp();
    if (IsSkipped()) return;
    WriteFile("01_full_name.yaml",
              "operations:\n"
              "  - rename_column: {table: users, from: name, to: full_name}\n");
  }

  Command Start() {
    Command command =
        SegueCommand({"start", "01_full_name.yaml", "--url", db().Url()});
    command.directory = folder();
    command.environment["SEGUE_MONITOR_MS"] = "100";
    return command;
  }
  std::string Status(const std::string& wanted) {
    std::string text;
    Eventually([&] {
      text = Segue({"status"}).out;
      return text.find(wanted) != std::string::npos;
    });
    return text;
  }
};

TEST_P(ThrottleCommandTest, AStopIsSeenAndASharedPaceIsAskedFor) {
  WriteFile("segue.yaml",
            "throttle: {flag_file: {path: " + folder() + "/hold}}\n");
  WriteFile("hold", "");
  Process start(Start());
  EXPECT_THAT(Status("flag_file"), HasSubstr("pace        0 % (flag_file)"));
  EXPECT_THAT(Segue({"status", "--json"}).out,
              HasSubstr(R"("pace":0.0,"pace_reason":"flag_file")"));
  EXPECT_THAT(Segue({"pace", "30%"}).out,
              HasSubstr("goes at most at 30 % of the full pace"));
  EXPECT_THAT(Segue({"pause"}).out, HasSubstr("pauses after its chunk"));
  EXPECT_THAT(Status("paused"), HasSubstr("pace        0 % (paused)"));
  EXPECT_EQ(Segue({"resume"}).exit_code, 0);
  std::filesystem::remove(folder() + "/hold");
  const Finished finished = start.Wait();
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("pace 0 %: flag_file"));
  const std::string history = Segue({"history"}).out;
  EXPECT_THAT(history, HasSubstr("PACE       0 %: flag_file"));
  EXPECT_THAT(history, HasSubstr("PACE       10 %: flag_file"));
  EXPECT_EQ(Segue({"verify"}).exit_code, 0);
}

TEST_P(ThrottleCommandTest, WhatIsNoPaceOrHasNobodyToHearIt) {
  const std::string hint = "\n  hint: 'segue pause' stops it altogether\n";
  for (const char* share : {"fast", "0%", "101%", "30kB"}) {
    Expect({2, "segue: '" + std::string(share) +
                   "' is no share of the full pace; it is above 0% and at "
                   "most 100%" +
                   hint},
           {"pace", share});
  }
  EXPECT_EQ(Segue({"pace", "30%"}).exit_code, 4);
  ASSERT_EQ(Segue({"start", "01_full_name.yaml"}).exit_code, 0);
  EXPECT_EQ(Segue({"pace", "30%"}).out,
            "No runner is live, so nothing is moving.\n");
}

TEST_P(ThrottleCommandTest, LimitsThatCannotHoldAreRefusedWithTheReason) {
  WriteFile("segue.yaml", "throttle: {replication_lagg: {soft: 1s}}\n");
  EXPECT_THAT(Segue({"start", "01_full_name.yaml"}).err,
              HasSubstr("unknown key 'replication_lagg', nearest is "
                        "'replication_lag'"));
  WriteFile("segue.yaml",
            "throttle: {http: {url: 'http://127.0.0.1:1/may-i'}}\n");
  const Finished refused = Segue({"start", "01_full_name.yaml"});
  EXPECT_EQ(refused.exit_code, 3) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("the throttle cannot read 'http' of "
                                     "http://127.0.0.1:1/may-i"));
}

SEGUE_INSTANTIATE(ThrottleCommandTest);

}  // namespace
}  // namespace segue::test
