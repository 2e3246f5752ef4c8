// `segue migrate` dies at a statement; the same command goes on with the fold.
#include <gtest/gtest.h>

#include <fstream>

#include "segue/migrator.h"
#include "tests/support/built.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

class FoldCrashTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    db().Exec(
        "CREATE TABLE users(id integer PRIMARY KEY, name text NOT NULL,"
        " age integer)");
    db().Exec("INSERT INTO users VALUES (1, 'alice', 30), (2, 'bob', NULL)");
    Write("01_full_name",
          "- rename_column: {table: users, from: name, to: full_name}");
    Write("02_years",
          "- alter_column: {table: users, column: age, name: years}");
    Write("03_nick",
          "- add_column: {table: users, column: {name: nick, type: text,"
          " nullable: true}}");
  }

  void Write(const std::string& name, const std::string& operation) {
    std::ofstream(folder_.path() + "/" + name + ".yaml")
        << "operations:\n  " << operation << "\n";
  }

  Finished Migrate(const std::string& fault) {
    Command run;
    run.argv = {FaultySegueProgram(),
                "migrate",
                "--url",
                db().Url(),
                "--dir",
                ".",
                "--quiet",
                "--yes",
                "--complete"};
    run.directory = folder_.path();
    run.environment = {{"SEGUE_FAULT", fault},
                       {"SEGUE_FAULT_COUNT", folder_.path() + "/count"}};
    return RunCommand(run);
  }

  long Statements() {
    long count = 0;
    std::ifstream(folder_.path() + "/count") >> count;
    return count;
  }

  TempDir folder_;
};

TEST_P(FoldCrashTest, GoesOnAfterEachOfSomeDeaths) {
  // Each run dies a little later than where the one before was continued.
  int deaths = 0;
  Finished finished;
  for (long number = 5;; number += 16) {
    finished = Migrate("kill:after:" + std::to_string(number));
    if (finished.exit_code == 0) break;
    ASSERT_EQ(finished.exit_code, 128 + SIGKILL) << finished.err;
    ASSERT_LT(++deaths, 40);
  }
  EXPECT_GE(deaths, 4) << Statements();
  Database database = db().Open();
  EXPECT_EQ(database.Query("SELECT full_name, years, nick FROM users"
                           " ORDER BY id"),
            (std::vector<std::vector<std::string>>{{"alice", "30", "NULL"},
                                                   {"bob", "NULL", "NULL"}}));
  const std::string table = dialect().capabilities().ledger_prefix;
  EXPECT_EQ(database.Query("SELECT id, phase, folded_into FROM " + table +
                           "migration ORDER BY id"),
            (std::vector<std::vector<std::string>>{
                {"01_full_name", "COMPLETE", "03_nick"},
                {"02_years", "COMPLETE", "03_nick"},
                {"03_nick", "COMPLETE", ""}}));
}

SEGUE_INSTANTIATE(FoldCrashTest);

}  // namespace
}  // namespace segue::test
