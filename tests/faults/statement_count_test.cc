// How many statements a command sends does not depend on how many tables there
// are.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/built.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

class StatementCountTest : public DialectTest {
 protected:
  // Statements of `segue plan` with this many more tables of 20 columns.
  long PlanWith(int from, int to) {
    std::string columns = "id integer PRIMARY KEY";
    for (int i = 1; i < 20; ++i) columns += ", c" + std::to_string(i) + " text";
    for (int i = from; i < to; ++i) {
      db().Exec("CREATE TABLE t" + std::to_string(i) + "(" + columns + ")");
    }
    const std::string file = folder_.path() + "/01_x.yaml";
    std::ofstream(file)
        << "operations:\n  - rename_column: {table: t0, from: c1, to: d1}\n";
    Command run;
    run.argv = {FaultySegueProgram(), "plan", file, "--url", db().Url()};
    run.directory = folder_.path();
    run.environment = {{"SEGUE_FAULT", ""},
                       {"SEGUE_FAULT_COUNT", folder_.path() + "/count"}};
    OutputOf(run);
    long count = 0;
    std::ifstream(folder_.path() + "/count") >> count;
    return count;
  }

  TempDir folder_;
};

TEST_P(StatementCountTest, OfAPlanIsTheSameForOneTableAndForMany) {
  const long few = PlanWith(0, 1);
  EXPECT_GT(few, 3);
  EXPECT_LT(few, 40);
  EXPECT_EQ(PlanWith(1, 150), few);
}

SEGUE_INSTANTIATE(StatementCountTest);

}  // namespace
}  // namespace segue::test
