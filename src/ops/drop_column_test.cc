#include "ops/drop_column.h"

#include "planning/plan_bed.h"

namespace segue::ops {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class DropColumnTest : public PlanBed {
 protected:
  static Migration Drop(const std::string& column,
                        const std::string& down = "") {
    return Migration("m", "").DropColumn("users", column, down);
  }
};

TEST_F(DropColumnTest, GoesAtTheContractWithItsIndexes) {
  EXPECT_THAT(
      Plan(Drop("email")),
      ElementsAre("CONTRACTING Drop old column 'email' from 'users'",
                  "  DROP INDEX users_email_idx", "  DROP COLUMN users.email",
                  "  note: index 'users_email_idx' goes with the "
                  "column"));
  EXPECT_EQ(shape_.tables[0].FindColumn("email"), nullptr);
}

TEST_F(DropColumnTest, IsMarkedAsDeprecatedWhereColumnsHaveComments) {
  can_.column_comments = true;
  column("email").comment = "where to write";
  const std::vector<std::string> lines = Plan(Drop("email"));
  ASSERT_GE(lines.size(), 2U);
  EXPECT_EQ(lines[0], "EXPANDING Mark column 'email' of 'users' as deprecated");
  EXPECT_THAT(lines[1], HasSubstr("COMMENT 'deprecated: migration m drops it; "
                                  "where to write'"));
}

TEST_F(DropColumnTest, DownSuppliesNewRows) {
  EXPECT_THAT(Refusal(Drop("age")), HasSubstr("NOT NULL without a default"));
  EXPECT_THAT(Plan(Drop("age", "length(name)")),
              ElementsAre("EXPANDING Supply column 'age' of 'users' in new "
                          "rows",
                          "  CREATE SYNC m_1 ON users (age <-> -) DOWN "
                          "length(name)",
                          "CONTRACTING Drop old column 'age' from 'users'",
                          "  DROP SYNC m_1", "  DROP COLUMN users.age"));
  EXPECT_EQ(FirstMotion().provenance, "");
  EXPECT_FALSE(FirstMotion().new_column);
  UseEmbedded();
  EXPECT_THAT(Plan(Drop("age", "0")),
              Contains("  ALTER COLUMN users.age integer NULL"));
}

TEST_F(DropColumnTest, DownCannotReadTheColumnItself) {
  EXPECT_THAT(Refusal(Drop("age", "age + 1")), HasSubstr("itself"));
}

TEST_F(DropColumnTest, NotThereNamesTheColumns) {
  EXPECT_THAT(Refusal(Drop("nope"), ErrorKind::kNotFound),
              HasSubstr("created"));
}

TEST_F(DropColumnTest, WhatHangsOnItIsNamed) {
  users().dependents = {{"foreign key", "public", "orders", "fk", "email"}};
  EXPECT_THAT(Refusal(Drop("email")),
              HasSubstr("foreign key 'public.orders.fk' depends on it"));
  EXPECT_THAT(Refusal(Drop("id", "0")), HasSubstr("primary key"));
}

TEST_F(DropColumnTest, ConstraintsGoAlongWhereTheDatabaseTakesThem) {
  schema::Constraint check;
  check.name = "has_at";
  check.check = "email LIKE '%@%'";
  users().constraints.push_back(check);
  EXPECT_EQ(Refusal(Drop("email")), "");
  UseEmbedded();
  EXPECT_THAT(Refusal(Drop("email")), HasSubstr("has_at"));
}

TEST_F(DropColumnTest, AfterAColumnIsDerivedFromIt) {
  Migration migration("m", "");
  migration.AddColumn("users", Spec("domain"), "split_part(email, '@', 2)");
  migration.DropColumn("users", "email");
  EXPECT_EQ(Refusal(migration), "");
  Migration reversed("m", "");
  reversed.DropColumn("users", "email");
  reversed.AddColumn("users", Spec("domain"), "split_part(email, '@', 2)");
  EXPECT_THAT(Refusal(reversed), HasSubstr("already dropped"));
}

TEST_F(DropColumnTest, ItsNameIsTakenUntilTheContract) {
  Migration migration = Drop("email");
  migration.AddColumn("users", Spec("email"));
  EXPECT_THAT(Refusal(migration), HasSubstr("already dropped"));
}

TEST_F(DropColumnTest, LastColumnStays) {
  users() = {};
  users().name = {"public", "users"};
  users().columns = {MakeColumn("x", "text")};
  EXPECT_THAT(Refusal(Drop("x")), HasSubstr("only column"));
}

}  // namespace
}  // namespace segue::ops
