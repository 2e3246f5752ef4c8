#include "cli/watch_view.h"

#include <gmock/gmock.h>

namespace segue::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

MigrationStatus Backfilling() {
  MigrationStatus status;
  status.id = "01_full_name";
  status.phase = Phase::kMigrating;
  status.sub_state = SubState::kBackfilling;
  status.progress_pct = 33.3;
  status.rows_done = 1000;
  status.rows_total = 4000;
  status.rows_per_second = 500;
  status.eta_seconds = 6;
  status.runner = "vm:7 (ada)";
  status.steps = {{Phase::kExpanding, "Add column 'x' to 't'", true, false},
                  {Phase::kMigrating, "Backfill 'x'", false, false}};
  return status;
}

TEST(WatchViewTest, ThePictureSaysWhoDoesWhat) {
  EXPECT_THAT(
      WatchPicture(Backfilling(), 80),
      ElementsAre("01_full_name  MIGRATING (backfilling)",
                  "[######--------------] 33% 1,000/4,000 rows 500/s ETA 6 s",
                  "  done   [EXPANDING] Add column 'x' to 't'",
                  "         [MIGRATING] Backfill 'x'", "runner vm:7 (ada)"));
  for (const std::string& line : WatchPicture(Backfilling(), 20)) {
    EXPECT_LE(line.size(), 19U) << line;
  }
}

TEST(WatchViewTest, APauseHasNoRateAndAStoppedRunSaysWhy) {
  MigrationStatus status = Backfilling();
  status.paused = true;
  EXPECT_THAT(WatchLine(status), HasSubstr("1,000/4,000 rows, paused"));
  status.paused = false;
  status.runner.clear();
  status.error = "the lock budget is spent";
  EXPECT_EQ(WatchLine(status),
            "01_full_name: MIGRATING (backfilling) 33%, 1,000/4,000 rows, "
            "runner none; segue resume goes on, error: the lock budget is "
            "spent");
}

TEST(WatchViewTest, RowsAloneDoNotChangeTheMark) {
  MigrationStatus status = Backfilling();
  const std::string mark = WatchMark(status);
  status.rows_done = 2000;
  status.progress_pct = 50;
  EXPECT_EQ(WatchMark(status), mark);
  status.steps[1].executed = true;
  EXPECT_THAT(WatchMark(status), Not(mark));
  status = Backfilling();
  status.paused = true;
  EXPECT_THAT(WatchMark(status), Not(mark));
}

}  // namespace
}  // namespace segue::cli
