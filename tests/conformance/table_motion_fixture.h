// What the tests of copied tables share.
#pragma once

#include <gmock/gmock.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "segue/error.h"
#include "tests/support/copy_bed.h"
#include "tests/support/thrown.h"

namespace segue::test {

class TableMotionTest : public DialectTest {
 protected:
  CopyBed& Install(const std::string& setup,
                   const std::map<std::string, std::string>& values = {}) {
    db().Exec(setup);
    bed_ = std::make_unique<CopyBed>(db(), values);
    bed_->Install();
    return *bed_;
  }
  CopyBed& bed() { return *bed_; }
  std::string Copy() {
    return ToLines(db().Query("SELECT * FROM c ORDER BY 1, 2"));
  }
  std::string Source() {
    return ToLines(db().Query("SELECT * FROM t ORDER BY 1, 2"));
  }
  void ExpectInStep() {
    EXPECT_EQ(bed().CountLeft(), 0);
    EXPECT_EQ(Copy(), Source());
    EXPECT_THAT(bed().Verify(), ::testing::IsEmpty());
  }
  template <typename Work>
  ErrorKind KindOf(const Work& work) {
    return ThrownBy(work).kind();
  }

 private:
  std::unique_ptr<CopyBed> bed_;
};

inline constexpr char kTables[] =
    "CREATE TABLE t(id integer PRIMARY KEY, o text);"
    "CREATE TABLE c(id integer PRIMARY KEY, o text);"
    "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c');";

}  // namespace segue::test
