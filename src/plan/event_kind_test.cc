#include <gmock/gmock.h>

#include "segue/error.h"
#include "segue/progress.h"

namespace segue {
namespace {

TEST(EventKindTest, TextsReadBack) {
  for (const char* text :
       {"EXPANDING", "MIGRATING", "CONTRACTING", "READY", "COMPLETE",
        "ROLLBACK", "ROLLED_BACK", "FAILED", "STOPPED", "FORCED", "FOLDED",
        "FILL", "REPAIRED", "PACE", "PAUSED", "RESUMED", "NOTE"}) {
    EXPECT_EQ(ToString(EventKindFromString(text)), text);
  }
}

TEST(EventKindTest, AnUnknownTextIsCorrupt) {
  try {
    EventKindFromString("ready");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCorrupt);
    EXPECT_STREQ(error.what(),
                 "the history has an entry of the unknown kind 'ready'");
  }
}

TEST(EventKindTest, AStepIsOfThePhaseThatItRunsIn) {
  EXPECT_EQ(EventKindOf(Phase::kMigrating), EventKind::kMigrating);
  EXPECT_THROW(EventKindOf(Phase::kComplete), Error);
}

}  // namespace
}  // namespace segue
