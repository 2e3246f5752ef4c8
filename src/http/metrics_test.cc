#include "http/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/doubles/exposition.h"

namespace segue::http {
namespace {

using test::Exposition;
using testing::ElementsAre;
using testing::IsEmpty;

const test::MetricLabels kMigration = {{"migration", "01_a"}};
const test::MetricLabels kBackfill = {{"migration", "01_a"},
                                      {"activity", "backfill"}};

Progress Event(Progress::Event event) {
  Progress progress;
  progress.event = event;
  progress.migration = "01_a";
  progress.phase = Phase::kMigrating;
  progress.step = "Backfill";
  return progress;
}

Progress Rows(std::int64_t done) {
  Progress progress = Event(Progress::Event::kRows);
  progress.activity = "backfill";
  progress.rows_done = done;
  progress.rows_total = 1000;
  progress.rows_per_second = 50;
  progress.eta_seconds = 12;
  progress.chunk_rows = 100;
  progress.chunk_seconds = 0.3;
  progress.progress_pct = 25;
  progress.workers = 4;
  return progress;
}

TEST(MetricsTest, AreThereBeforeAnythingIs) {
  const Exposition read(Metrics().Text());
  EXPECT_EQ(read.Value("segue_running"), 1);
  EXPECT_EQ(read.Active("segue_build_info", "version").size(), 1U);
  EXPECT_GT(read.Value("segue_start_time_seconds"), 1.7e9);
}

TEST(MetricsTest, CountWhatHappensAfterItIsZero) {
  Metrics metrics;
  metrics.Show(Event(Progress::Event::kStepStarted));
  Exposition before(metrics.Text());
  EXPECT_EQ(before.Value("segue_backfill_rows_total", kMigration), 0);
  EXPECT_EQ(before.Value("segue_paused", kMigration), 0);
  EXPECT_EQ(before.Value("segue_retries_total",
                         {{"migration", "01_a"}, {"kind", "lock_timeout"}}),
            0);
  Progress retry = Event(Progress::Event::kRetry);
  retry.cause = "lock_timeout";
  metrics.Show(retry);
  metrics.Show(Event(Progress::Event::kPaused));
  Exposition after(metrics.Text());
  EXPECT_EQ(after.Value("segue_retries_total",
                        {{"migration", "01_a"}, {"kind", "lock_timeout"}}),
            1);
  EXPECT_EQ(after.Value("segue_paused", kMigration), 1);
}

TEST(MetricsTest, FollowAWalk) {
  Metrics metrics;
  metrics.Show(Rows(400));  // an earlier run moved 300 of them
  metrics.Show(Rows(500));
  const Exposition read(metrics.Text());
  EXPECT_EQ(read.Value("segue_walk_rows", kBackfill), 500);
  EXPECT_EQ(read.Value("segue_walk_expected_rows", kBackfill), 1000);
  EXPECT_EQ(read.Value("segue_walk_rows_per_second", kBackfill), 50);
  EXPECT_EQ(read.Value("segue_walk_remaining_seconds", kMigration), 12);
  EXPECT_EQ(read.Value("segue_chunk_rows", kBackfill), 100);
  EXPECT_EQ(read.Value("segue_chunk_duration_seconds_count", kBackfill), 2);
  EXPECT_EQ(read.Value("segue_chunk_duration_seconds_sum", kBackfill), 0.6);
  EXPECT_EQ(read.Value("segue_migration_progress_ratio", kMigration), 0.25);
  EXPECT_EQ(read.Value("segue_workers", kMigration), 4);
  EXPECT_THAT(read.Active("segue_migration_phase", "phase"),
              ElementsAre("MIGRATING"));
}

TEST(MetricsTest, ACounterNeverGoesBack) {
  Metrics metrics;
  metrics.Show(Rows(500));
  metrics.Show(Rows(400));  // after a lost connection the chunk is repeated
  metrics.Show(Rows(600));
  Progress verify = Rows(300);
  verify.activity = "verify";
  metrics.Show(verify);
  Progress second = Rows(70);  // the next motion begins
  second.step = "Backfill another";
  metrics.Show(second);
  const Exposition read(metrics.Text());
  EXPECT_EQ(read.Value("segue_backfill_rows_total", kMigration), 670);
  EXPECT_EQ(read.Value("segue_verify_rows_total", kMigration), 300);
}

TEST(MetricsTest, NameTheOneReasonThatHolds) {
  Metrics metrics;
  Progress progress = Rows(1);
  metrics.Show(progress);
  EXPECT_THAT(Exposition(metrics.Text()).Active("segue_pace_reason", "reason"),
              ElementsAre("none"));
  progress.pace = 0.3;
  progress.pace_reason = "replication_lag";
  metrics.Show(progress);
  const Exposition read(metrics.Text());
  EXPECT_THAT(read.Active("segue_pace_reason", "reason"),
              ElementsAre("replication_lag"));
  EXPECT_EQ(read.Value("segue_pace_reason",
                       {{"migration", "01_a"}, {"reason", "none"}}),
            0);
  EXPECT_EQ(read.Value("segue_pace_ratio", kMigration), 0.3);
}

TEST(MetricsTest, TellHeldFromPaused) {
  Metrics metrics;
  metrics.Show(Rows(1));
  Progress held = Event(Progress::Event::kPaused);
  held.pace = 0;
  held.pace_reason = "lock_waits";
  metrics.Show(held);
  const Exposition by_throttle(metrics.Text());
  EXPECT_NE(by_throttle.Value("segue_paused", kMigration), 1);
  EXPECT_EQ(by_throttle.Value("segue_pace_ratio", kMigration), 0);
  EXPECT_THAT(by_throttle.Active("segue_pace_reason", "reason"),
              ElementsAre("lock_waits"));
  metrics.Show(Event(Progress::Event::kResumed));
  metrics.Show(Event(Progress::Event::kPaused));
  const Exposition by_somebody(metrics.Text());
  EXPECT_EQ(by_somebody.Value("segue_paused", kMigration), 1);
  EXPECT_EQ(by_somebody.Value("segue_pace_ratio", kMigration), 0);
  EXPECT_THAT(by_somebody.Active("segue_pace_reason", "reason"),
              ElementsAre("paused"));
  metrics.Show(Event(Progress::Event::kResumed));
  const Exposition after(metrics.Text());
  EXPECT_EQ(after.Value("segue_paused", kMigration), 0);
  EXPECT_EQ(after.Value("segue_pace_ratio", kMigration), 1);
}

TEST(MetricsTest, LeaveOutWhatIsUnknown) {
  Metrics metrics;
  Progress progress = Rows(1);
  progress.eta_seconds = -1;
  metrics.Show(progress);
  EXPECT_FALSE(Exposition(metrics.Text())
                   .Value("segue_walk_remaining_seconds", kMigration));
  Progress build = Event(Progress::Event::kRows);
  build.activity_pct = 40;
  metrics.Show(build);
  EXPECT_EQ(Exposition(metrics.Text())
                .Value("segue_statement_progress_ratio", kMigration),
            0.4);
  metrics.Show(Event(Progress::Event::kStepDone));
  EXPECT_FALSE(Exposition(metrics.Text())
                   .Value("segue_statement_progress_ratio", kMigration));
}

TEST(MetricsTest, FollowWhatBecomesOfTheRun) {
  Metrics metrics;
  const auto ready = [&] {
    return Exposition(metrics.Text())
        .Active("segue_migration_ready", "migration");
  };
  Progress started = Event(Progress::Event::kStarted);
  started.phase = Phase::kExpanding;
  metrics.Show(started);
  EXPECT_EQ(
      Exposition(metrics.Text()).Value("segue_backfill_rows_total", kMigration),
      0);
  Progress held = Rows(1);
  held.pace = 0.3;
  held.pace_reason = "replication_lag";
  metrics.Show(held);
  EXPECT_THAT(ready(), IsEmpty());
  Progress now = Event(Progress::Event::kReady);
  now.sub_state = SubState::kReady;
  now.progress_pct = 75;
  metrics.Show(now);
  EXPECT_THAT(ready(), ElementsAre("01_a"));
  now.event = Progress::Event::kSealed;
  now.phase = Phase::kContracting;
  now.sub_state = SubState::kSealed;
  metrics.Show(now);
  EXPECT_THAT(ready(), IsEmpty());
  now.event = Progress::Event::kFailed;
  now.cause = "lock timeout";
  now.message = "held by 12";
  now.progress_pct = 0;
  metrics.Show(now);
  const Exposition read(metrics.Text());
  EXPECT_THAT(read.Active("segue_last_error_info", "kind"),
              ElementsAre("lock_timeout"));
  EXPECT_EQ(read.Value("segue_migration_progress_ratio", kMigration), 0.75);
  EXPECT_EQ(read.Value("segue_pace_ratio", kMigration), 0.3);
}

TEST(MetricsTest, KeepWhatARunCameTo) {
  Metrics metrics;
  Progress ready = Event(Progress::Event::kReady);
  ready.sub_state = SubState::kReady;
  metrics.Show(ready);
  EXPECT_THAT(
      Exposition(metrics.Text()).Active("segue_migration_ready", "migration"),
      ElementsAre("01_a"));
  // Quotes, line breaks and long texts do not break the format.
  metrics.Failed(
      Error(ErrorKind::kConstraint, "\"a\"\\\nb" + std::string(500, 'x')));
  metrics.Stop();
  const Exposition read(metrics.Text());
  EXPECT_EQ(read.Value("segue_running"), 0);
  EXPECT_EQ(read.Value("segue_errors_total", {{"kind", "constraint"}}), 1);
  ASSERT_EQ(read.Active("segue_last_error_info", "message").size(), 1U);
  EXPECT_THAT(read.Active("segue_last_error_info", "message")[0],
              testing::MatchesRegex("\"a\"\\\\\nbx*\\.\\.\\."));
}

TEST(MetricsTest, ADryRunIsNothing) {
  Metrics metrics;
  Progress progress;
  progress.migration = "";
  metrics.Show(progress);
  EXPECT_THAT(Exposition(metrics.Text()).Active("segue_migration_phase", "x"),
              IsEmpty());
}

}  // namespace
}  // namespace segue::http
