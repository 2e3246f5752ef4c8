#include "ops/split_table.h"

#include "planning/plan_bed.h"

namespace segue::ops {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

class SplitTableTest : public PlanBed {
 protected:
  static Migration Split() {
    return Migration("m", "").SplitTable("users", "mails", {"email", "name"});
  }
};

TEST_F(SplitTableTest, InPlaceTheCopyBecomesTheTable) {
  EXPECT_THAT(Plan(Split()), ElementsAre());
}

TEST_F(SplitTableTest, VersionedTheViewIsAPartUntilThen) {
  access_ = Access::kVersioned;
  EXPECT_THAT(Plan(Split()), IsSupersetOf({""}));
}

TEST_F(SplitTableTest, RefusesWhatAnUndoWouldNeed) {
  undoable_ = true;
  EXPECT_THAT(Refusal(Split()), HasSubstr("undo_window"));
}

TEST_F(SplitTableTest, RefusesAColumnTwice) {
  EXPECT_THAT(Refusal(Migration("m", "").SplitTable("users", "mails",
                                                    {"email", "email"})),
              HasSubstr("it is named twice"));
}

}  // namespace
}  // namespace segue::ops
