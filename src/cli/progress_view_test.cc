#include "cli/progress_view.h"

#include <gtest/gtest.h>

#include <sstream>

namespace segue::cli {
namespace {

class StoppedClock : public base::Clock {
 public:
  std::chrono::steady_clock::time_point Now() override { return now_; }
  std::chrono::system_clock::time_point WallTime() override { return {}; }
  void Sleep(std::chrono::microseconds duration) override { now_ += duration; }

 private:
  std::chrono::steady_clock::time_point now_{std::chrono::hours(1)};
};

Progress Make(Progress::Event event) {
  Progress progress;
  progress.event = event;
  progress.phase = Phase::kMigrating;
  progress.step = "Backfill 'b' from 'a'";
  progress.activity = "backfill";
  progress.progress_pct = 42.7;
  return progress;
}

Progress Rows(std::int64_t done) {
  Progress progress = Make(Progress::Event::kRows);
  progress.rows_done = done;
  progress.rows_total = 2'000'000;
  progress.rows_per_second = 85'000.4;
  progress.eta_seconds = 12;
  return progress;
}

class ProgressViewTest : public testing::Test {
 protected:
  ProgressViewOptions Options(bool live) {
    ProgressViewOptions options;
    options.live = live;
    options.width = [] { return std::size_t{70}; };
    options.clock = &clock_;
    return options;
  }

  StoppedClock clock_;
  std::ostringstream out_;
};

TEST_F(ProgressViewTest, PlainLinesComeAtStepsAndEveryFewSeconds) {
  ProgressView view(out_, Options(false));
  view.Show(Make(Progress::Event::kStepStarted));
  for (std::int64_t i = 0; i < 100; ++i) {
    clock_.Sleep(std::chrono::milliseconds(100));
    view.Show(Rows(i * 10'000));
  }
  view.Show(Make(Progress::Event::kStepDone));
  const std::string step = "[MIGRATING] Backfill 'b' from 'a'";
  EXPECT_EQ(out_.str(), step + "\n42% " + step +
                            ": 490,000/2,000,000 rows 85,000/s ETA " +
                            FormatDuration(12) + "\n42% " + step +
                            ": 990,000/2,000,000 rows 85,000/s ETA " +
                            FormatDuration(12) + "\ndone " + step +
                            ": 990,000 rows in " + FormatDuration(10) + "\n");
}

TEST_F(ProgressViewTest, LiveLineIsRedrawnInPlaceAndFits) {
  {
    ProgressView view(out_, Options(true));
    view.Show(Make(Progress::Event::kStepStarted));
    view.Show(Rows(1));  // too soon
    clock_.Sleep(std::chrono::milliseconds(100));
    view.Show(Rows(2));
  }
  const std::string rows =
      " [####------] 42% 2/2,000,000 rows 85,000/s ETA " + FormatDuration(12);
  const std::string step = "[MIGRATING] Backfill 'b' from 'a'";
  EXPECT_EQ(out_.str(), "\r\x1b[K" + step + " [####------] 42%" + "\r\x1b[K" +
                            step.substr(0, 69 - rows.size() - 1) + "~" + rows +
                            "\r\x1b[K");
}

TEST_F(ProgressViewTest, RetriesAreToldWholeOnceAndThenNowAndThen) {
  ProgressView view(out_, Options(false));
  Progress retry = Make(Progress::Event::kRetry);
  for (int i = 1; i <= 12; ++i) {
    retry.message = "session 7 holds a lock, " + std::to_string(i) + " s";
    view.Show(retry);
    clock_.Sleep(std::chrono::seconds(1));
  }
  EXPECT_EQ(out_.str(),
            "waiting: session 7 holds a lock, 1 s\n"
            "waiting: session 7 holds a lock, 6 s\n"
            "waiting: session 7 holds a lock, 11 s\n");
}

TEST_F(ProgressViewTest, OnATerminalFurtherRetriesAreRedrawn) {
  {
    ProgressView view(out_, Options(true));
    Progress retry = Make(Progress::Event::kRetry);
    for (const char* age : {"1", "2"}) {
      retry.message = age + std::string(" s ") + std::string(80, 'x');
      view.Show(retry);
    }
  }
  EXPECT_EQ(out_.str(), "waiting: 1 s " + std::string(80, 'x') +
                            "\n\r\x1b[Kwaiting: 2 s " +
                            std::string(69 - 13 - 1, 'x') + "~\r\x1b[K");
}

TEST_F(ProgressViewTest, PausesAndUndoneStepsAreOneLineEach) {
  ProgressView view(out_, Options(false));
  view.Show(Rows(5));
  Progress paused = Make(Progress::Event::kPaused);
  paused.message = "paused by ada";
  view.Show(paused);
  view.Show(Make(Progress::Event::kResumed));
  view.Show(Make(Progress::Event::kStepRolledBack));
  // The command prints this itself.
  view.Show(Make(Progress::Event::kRolledBack));
  view.Show(Make(Progress::Event::kFailed));
  EXPECT_EQ(out_.str(),
            "paused by ada\nresumed\n"
            "undone [MIGRATING] Backfill 'b' from 'a'\n");
}

}  // namespace
}  // namespace segue::cli
