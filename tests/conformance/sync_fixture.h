// What the tests of the dual writes share, beside the matrix.
#pragma once

#include <memory>
#include <string>

#include "tests/support/motion_bed.h"
#include "tests/support/testbed.h"

namespace segue::test {

class SyncTest : public DialectTest {
 protected:
  // `table` is the CREATE TABLE and whatever rows there are before.
  MotionBed& Install(const std::string& setup, const MotionSpec& spec) {
    db().Exec(setup);
    bed_ = std::make_unique<MotionBed>(db(), spec);
    bed_->Install();
    return *bed_;
  }
  MotionSpec Lossy() {
    MotionSpec spec;
    spec.up = "lower(o)";
    return spec;
  }
  // "o|n|d" of one row.
  std::string Row(int id) {
    return ToLines(db().Query("SELECT o, n, _segue_d FROM t WHERE id = " +
                              std::to_string(id)));
  }
  std::string AllRows() {
    return ToLines(db().Query("SELECT id, o, n, _segue_d FROM t ORDER BY id"));
  }
  MotionBed& bed() { return *bed_; }

 private:
  std::unique_ptr<MotionBed> bed_;
};

inline constexpr char kPlainTable[] =
    "CREATE TABLE t(id integer PRIMARY KEY, o text, other integer DEFAULT 0);"
    "INSERT INTO t(id, o) VALUES (1, 'ABC'), (2, 'DEF');";

}  // namespace segue::test
