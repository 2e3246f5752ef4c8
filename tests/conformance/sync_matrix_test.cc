// The dual writes, cell by cell, against a model of the rules.
#include "tests/support/sync_matrix.h"

namespace segue::test {
namespace {

class SyncMatrixTest : public DialectTest {
 protected:
  // Every shape that the old column may have.
  void RunAll(const std::string& kind_name) {
    for (const MotionKind& kind : MotionKinds()) {
      if (kind.name != kind_name) continue;
      for (bool not_null : {false, true}) {
        for (bool has_default : {false, true}) {
          SCOPED_TRACE(kind.name + (not_null ? " NOT NULL" : " nullable") +
                       (has_default ? " DEFAULT" : ""));
          SyncMatrix matrix(db(), GetParam(), kind, not_null, has_default);
          if (narrow_) matrix.Narrow();
          matrix.Run();
          if (HasFailure()) return;  // the first shape that fails is enough
        }
      }
    }
  }

  bool narrow_ = false;
};

TEST_P(SyncMatrixTest, Copy) { RunAll("Copy"); }
TEST_P(SyncMatrixTest, Widen) { RunAll("Widen"); }
TEST_P(SyncMatrixTest, Retype) { RunAll("Retype"); }
TEST_P(SyncMatrixTest, Lossy) { RunAll("Lossy"); }
TEST_P(SyncMatrixTest, Nullable) { RunAll("Nullable"); }

SEGUE_INSTANTIATE(SyncMatrixTest);

// The pragma is the application's to set; it must not matter.
class RecursiveTriggersTest : public SyncMatrixTest {
 protected:
  void SetUp() override {
    SyncMatrixTest::SetUp();
    db().Exec("PRAGMA recursive_triggers = ON");
  }
};

TEST_P(RecursiveTriggersTest, Copy) { RunAll("Copy"); }
TEST_P(RecursiveTriggersTest, Lossy) { RunAll("Lossy"); }

SEGUE_INSTANTIATE_ON(RecursiveTriggersTest, SqliteTestbed());

class NarrowSyncMatrixTest : public SyncMatrixTest {
 protected:
  NarrowSyncMatrixTest() { narrow_ = true; }
};

TEST_P(NarrowSyncMatrixTest, Copy) { RunAll("Copy"); }
TEST_P(NarrowSyncMatrixTest, Retype) { RunAll("Retype"); }
TEST_P(NarrowSyncMatrixTest, Lossy) { RunAll("Lossy"); }

SEGUE_INSTANTIATE_ON(NarrowSyncMatrixTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
