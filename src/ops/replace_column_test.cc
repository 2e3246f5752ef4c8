#include "ops/replace_column.h"

#include "planning/plan_bed.h"

namespace segue::ops {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ReplaceColumnTest : public PlanBed {
 protected:
  ReplaceColumnTest() {
    column("name").default_sql.reset();
    users().columns.push_back(MakeColumn("full_name", "text"));
  }
  static Migration Replace(const std::string& from, const std::string& to) {
    return Migration("m", "").ReplaceColumn("users", from, to);
  }
};

TEST_F(ReplaceColumnTest, AddsNoColumnAndKeepsTheNewOne) {
  EXPECT_THAT(
      Plan(Replace("name", "full_name")),
      ElementsAre("EXPANDING Keep 'name' and 'full_name' of 'users' in step",
                  "  ADD COLUMN users._segue_d smallint NOT NULL DEFAULT 0",
                  "  CREATE SYNC m_1 ON users (name <-> full_name) UP "
                  "\"name\" DOWN \"full_name\"",
                  "MIGRATING Backfill 'full_name' from 'name'", "  RETREAT m_1",
                  "  FILL m_1",
                  "  ADD CONSTRAINT _segue_not_null_full_name ON users "
                  "CHECK \"full_name\" IS NOT NULL (full_name) NOT VALID",
                  "  VERIFY m_1",
                  "  VALIDATE CONSTRAINT _segue_not_null_full_name ON users",
                  "CONTRACTING Drop old column 'name' from 'users'",
                  "  DROP SYNC m_1", "  DROP COLUMN users.name",
                  "  ALTER COLUMN users.full_name text NOT NULL",
                  "  DROP CONSTRAINT _segue_not_null_full_name ON users",
                  "  DROP OWN COLUMN users._segue_d"));
  EXPECT_TRUE(FirstMotion().new_was_there);
  EXPECT_TRUE(FirstMotion().new_not_null);
  EXPECT_THAT(shape_.tables[0].ColumnNames(),
              ElementsAre("id", "email", "age", "created", "full_name"));
  EXPECT_FALSE(shape_.tables[0].FindColumn("full_name")->nullable);
}

TEST_F(ReplaceColumnTest, RefusesWhatCannotSayThatNothingWasGiven) {
  EXPECT_THAT(Refusal(Replace("name", "name")),
              HasSubstr("cannot take its own place"));
  EXPECT_THAT(Refusal(Replace("age", "full_name")),
              HasSubstr("its type is integer, that of 'full_name' is text"));
  column("full_name").default_sql = "''::text";
  EXPECT_THAT(Refusal(Replace("name", "full_name")),
              HasSubstr("replace_column 'full_name' of table 'users': it has a "
                        "default"));
  column("full_name").default_sql.reset();
  column("full_name").nullable = false;
  EXPECT_THAT(Refusal(Replace("name", "full_name")), HasSubstr("NOT NULL"));
  EXPECT_THAT(Refusal(Replace("nome", "full_name"), ErrorKind::kNotFound),
              HasSubstr("nome"));
  EXPECT_THAT(Refusal(Replace("name", "nome"), ErrorKind::kNotFound),
              HasSubstr("nome"));
}

TEST_F(ReplaceColumnTest, RefusesWhatHangsOnTheOldColumn) {
  users().columns.push_back(MakeColumn("twin", "bigint"));
  EXPECT_THAT(Refusal(Replace("id", "twin")), HasSubstr("primary key"));
}

}  // namespace
}  // namespace segue::ops
