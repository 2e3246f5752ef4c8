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

}  // namespace
}  // namespace segue::report
