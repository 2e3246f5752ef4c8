#include "report/status_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace segue::report {
namespace {

using testing::HasSubstr;
using testing::Not;

MigrationStatus Ready() {
  MigrationStatus status;
  status.id = "01_t";
  status.phase = Phase::kMigrating;
  status.sub_state = SubState::kReady;
  return status;
}

TEST(StatusTextTest, TellsOfWritesThatWillFail) {
  MigrationStatus status = Ready();
  EXPECT_THAT(StatusText(status), Not(HasSubstr("will fail")));
  status.writes_to_fail = {{"users", 1'200, "2026-01-31T12:00:00Z", 3},
                           {"orders", 1, "", 1}};
  EXPECT_THAT(
      StatusText(status),
      HasSubstr("  will fail   1,200 writes of 'users' gave no value to a "
                "column that takes no NULL after complete, the last seen "
                "2026-01-31T12:00:00Z, 3 more since; 1 write of 'orders' gave "
                "no value to a column that takes no NULL after complete\n"));
}

TEST(StatusTextTest, NamesWhatIsPendingAndWhatIsGone) {
  EXPECT_EQ(FilesText({}, std::nullopt), "");
  FileStatus files{{"02_b", "03_c"}, {}};
  EXPECT_EQ(FilesText(files, std::nullopt),
            "Pending: 02_b, 03_c.\nNext: segue plan 02_b shows what it would "
            "do; segue migrate starts all of them.\n");
  files.gone = {"00_z"};
  EXPECT_EQ(FilesText(files, Ready()),
            "Applied, but no file has the name any more: 00_z.\nPending: "
            "02_b, 03_c.\nThey begin when this one is complete.\n");
}

}  // namespace
}  // namespace segue::report
