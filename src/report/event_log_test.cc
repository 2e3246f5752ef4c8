#include "report/event_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/log_line.h"
#include "tests/doubles/fake_clock.h"

namespace segue::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class EventLogTest : public testing::Test {
 protected:
  EventLogTest()
      : log_(
            [this](base::LogLevel level, std::string_view message,
                   const base::LogFields& fields) {
              lines_.push_back(
                  base::JsonLine({"now", level, std::string(message), fields}));
            },
            clock_) {}

  static Progress Event(Progress::Event event, const std::string& message) {
    Progress progress;
    progress.event = event;
    progress.migration = "01_a";
    progress.phase = Phase::kMigrating;
    progress.step = "Backfill 'a'";
    progress.message = message;
    return progress;
  }
  static Progress Rows(std::int64_t done) {
    Progress progress = Event(Progress::Event::kRows, "");
    progress.activity = "backfill";
    progress.rows_done = done;
    progress.rows_total = 1000;
    return progress;
  }

  std::vector<std::string> lines_;
  test::FakeClock clock_;
  EventLog log_;
};

TEST_F(EventLogTest, SaysThePhaseThenEachEvent) {
  log_.Show(Event(Progress::Event::kStepStarted, ""));
  log_.Show(Event(Progress::Event::kStepDone, ""));
  EXPECT_THAT(
      lines_,
      ElementsAre("{\"time\":\"now\",\"level\":\"info\",\"message\":\"phase "
                  "MIGRATING\",\"event\":\"phase\",\"migration\":\"01_a\","
                  "\"phase\":\"MIGRATING\",\"step\":\"Backfill 'a'\","
                  "\"progress_pct\":0.0}",
                  HasSubstr("\"message\":\"Backfill 'a'\",\"event\":"
                            "\"step_started\""),
                  HasSubstr("\"event\":\"step_done\"")));
}

TEST_F(EventLogTest, SaysRowsOnceASecond) {
  for (int chunk = 0; chunk < 25; ++chunk) {
    log_.Show(Rows(chunk));
    clock_.Sleep(std::chrono::milliseconds(100));
  }
  ASSERT_THAT(lines_, SizeIs(4));  // the phase, then rows 0, 10, 20
  EXPECT_THAT(lines_[1], HasSubstr("\"rows_done\":0,\"rows_total\":1000"));
  EXPECT_THAT(lines_[3], HasSubstr("\"rows_done\":20"));
  EXPECT_THAT(lines_[3], HasSubstr("\"message\":\"20/1,000 rows"));
}

TEST_F(EventLogTest, ARetryIsAWarningWithItsCause) {
  Progress retry = Event(Progress::Event::kRetry, "held by 12");
  retry.cause = "lock_timeout";
  log_.Show(retry);
  EXPECT_THAT(lines_.back(), HasSubstr("\"level\":\"warning\",\"message\":"
                                       "\"held by 12\",\"event\":\"retry\""));
  EXPECT_THAT(lines_.back(), HasSubstr("\"cause\":\"lock_timeout\""));
}

TEST_F(EventLogTest, EveryChangeOfPaceIsALine) {
  Progress progress = Rows(1);
  log_.Show(progress);
  progress.pace = 0.3;
  progress.pace_reason = "replication_lag";
  log_.Show(progress);
  log_.Show(progress);
  ASSERT_THAT(lines_, SizeIs(3));
  EXPECT_THAT(lines_[2], HasSubstr("\"message\":\"pace 30%: replication_lag\","
                                   "\"event\":\"pace\""));
  EXPECT_THAT(lines_[2], HasSubstr("\"pace_reason\":\"replication_lag\""));
}

TEST_F(EventLogTest, SaysWhatBecomesOfTheRun) {
  log_.Show(Event(Progress::Event::kStepStarted, ""));
  lines_.clear();
  Progress ready = Event(Progress::Event::kReady, "both are live");
  ready.sub_state = SubState::kReady;
  ready.step.clear();
  ready.progress_pct = 75;
  log_.Show(ready);
  ASSERT_THAT(lines_, SizeIs(1));
  EXPECT_THAT(lines_[0],
              HasSubstr("\"message\":\"both are live\",\"event\":\"ready\","
                        "\"migration\":\"01_a\",\"phase\":\"MIGRATING\","
                        "\"step\":\"\",\"progress_pct\":75.0,"
                        "\"sub_state\":\"ready\""));
  Progress failed = Event(Progress::Event::kFailed, "no");
  failed.cause = "constraint";
  failed.hint = "mend it";
  failed.notes = {"a", "b"};
  log_.Show(failed);
  EXPECT_THAT(lines_.back(),
              HasSubstr("\"level\":\"error\",\"message\":\"no\",\"event\":"
                        "\"failed\",\"migration\":\"01_a\",\"phase\":"
                        "\"MIGRATING\",\"kind\":\"constraint\",\"hint\":"
                        "\"mend it\",\"notes\":\"a; b\""));
}

// A run that ends while it is slowed down has not returned to the full pace.
TEST_F(EventLogTest, TheEndOfARunSaysNothingOfThePace) {
  Progress held = Rows(1);
  held.pace = 0.3;
  held.pace_reason = "replication_lag";
  log_.Show(held);
  lines_.clear();
  log_.Show(Event(Progress::Event::kRolledBack, "undone"));
  ASSERT_THAT(lines_, SizeIs(1));
  EXPECT_THAT(lines_[0], HasSubstr("\"event\":\"rolled_back\""));
}

TEST_F(EventLogTest, SaysHowItEnded) {
  log_.Show(Event(Progress::Event::kStepStarted, ""));
  log_.Failed(Error(ErrorKind::kConstraint, "no").WithNote("a").WithNote("b"));
  EXPECT_THAT(lines_.back(),
              HasSubstr("\"level\":\"error\",\"message\":\"no\",\"event\":"
                        "\"failed\",\"migration\":\"01_a\",\"phase\":"
                        "\"MIGRATING\",\"kind\":\"constraint\",\"notes\":"
                        "\"a; b\""));
}

TEST_F(EventLogTest, SaysWhatEachMigrationCameTo) {
  log_.Ended();
  EXPECT_THAT(lines_, SizeIs(0));
  Progress ready = Event(Progress::Event::kReady, "");
  ready.sub_state = SubState::kReady;
  log_.Show(ready);
  Progress complete = Event(Progress::Event::kComplete, "");
  complete.phase = Phase::kComplete;
  complete.progress_pct = 100;
  log_.Show(complete);
  ready.migration = "02_b";
  log_.Show(ready);
  lines_.clear();
  log_.Ended();
  EXPECT_THAT(
      lines_,
      ElementsAre(
          HasSubstr(
              "\"message\":\"COMPLETE\",\"event\":\"ended\",\"migration\":"
              "\"01_a\",\"phase\":\"COMPLETE\",\"sub_state\":\"\","
              "\"progress_pct\":100.0"),
          HasSubstr("\"message\":\"MIGRATING (ready)\",\"event\":\"ended\","
                    "\"migration\":\"02_b\"")));
}

}  // namespace
}  // namespace segue::report
