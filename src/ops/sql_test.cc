#include "ops/sql.h"

#include "planning/plan_bed.h"

namespace segue::ops {
namespace {

using ::testing::ElementsAre;

class SqlTest : public PlanBed {};

TEST_F(SqlTest, RunsAtExpandWithItsUndo) {
  EXPECT_THAT(Plan(Migration("m", "").Sql("CREATE VIEW v AS\n  SELECT 1",
                                          "DROP VIEW v")),
              ElementsAre("EXPANDING Run SQL: CREATE VIEW v AS SELECT 1",
                          "  CREATE VIEW v AS\n  SELECT 1"));
}

TEST_F(SqlTest, RunsOnCompletion) {
  Migration migration("m", "");
  migration.operations.push_back(MakeSql({"SELECT 1", "", true}));
  EXPECT_THAT(Plan(migration),
              ElementsAre("CONTRACTING Run SQL: SELECT 1", "  SELECT 1",
                          "  note: no 'down' is given: it cannot be undone"));
}

TEST_F(SqlTest, LongStatementsAreShortenedInTheList) {
  const std::vector<std::string> lines =
      Plan(Migration("m", "").Sql("SELECT " + std::string(100, 'x'), "x"));
  EXPECT_EQ(lines[0], "EXPANDING Run SQL: SELECT ...");
}

}  // namespace
}  // namespace segue::ops
