#include "ops/add_column.h"

#include "planning/plan_bed.h"

namespace segue::ops {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AddColumnTest : public PlanBed {
 protected:
  static Migration Add(const ColumnSpec& column, const std::string& up = "") {
    return Migration("m", "").AddColumn("users", column, up);
  }
};

TEST_F(AddColumnTest, PlainHasItsDefaultFromTheStart) {
  EXPECT_THAT(
      Plan(Add({"display_name", "TEXT", true, "''"})),
      ElementsAre("EXPANDING Add column 'display_name' (nullable) to 'users'",
                  "  ADD COLUMN users.display_name text NULL DEFAULT ''",
                  "MIGRATING Backfill 'display_name' from 'default'"));
  EXPECT_NE(shape_.FindTable("users")->FindColumn("display_name"), nullptr);
}

TEST_F(AddColumnTest, PlainWithoutDefaultIsOneStep) {
  EXPECT_THAT(Plan(Add(Spec("x", "inet"))),
              ElementsAre("EXPANDING Add column 'x' (nullable) to 'users'",
                          "  ADD COLUMN users.x inet NULL"));
}

TEST_F(AddColumnTest, NotNullWithDefaultIsPlainToo) {
  EXPECT_THAT(Plan(Add({"x", "INTEGER", false, "0"})),
              ElementsAre("EXPANDING Add column 'x' (not null) to 'users'",
                          "  ADD COLUMN users.x integer NOT NULL DEFAULT 0",
                          "MIGRATING Backfill 'x' from 'default'"));
}

TEST_F(AddColumnTest, NotNullWithoutAnyValueIsRefused) {
  EXPECT_THAT(Refusal(Add({"x", "TEXT", false, std::nullopt})),
              HasSubstr("add_column 'x' of table 'users': it is NOT NULL "
                        "without a default"));
}

TEST_F(AddColumnTest, VolatileDefaultIsFilledRowByRow) {
  answers_["gen_random_uuid()"].rewrites_table = true;
  answers_["gen_random_uuid()"].is_volatile = true;
  EXPECT_THAT(
      Plan(Add({"token", "uuid", false, "gen_random_uuid()"})),
      ElementsAre(
          "EXPANDING Add column 'token' (not null) to 'users'",
          "  ADD COLUMN users.token uuid NULL THEN DEFAULT gen_random_uuid()",
          "  ADD COLUMN users._segue_d smallint NOT NULL DEFAULT 0",
          "  CREATE SYNC m_1 ON users (- <-> token) UP gen_random_uuid()",
          "MIGRATING Backfill 'token' from 'default'", "  FILL m_1",
          "  ADD CONSTRAINT _segue_not_null_token ON users CHECK \"token\" IS "
          "NOT NULL (token) NOT VALID",
          "  VERIFY m_1",
          "  VALIDATE CONSTRAINT _segue_not_null_token ON users",
          "  note: the rows are filled one by one: adding the column with this "
          "default would rewrite the table",
          "CONTRACTING Finish column 'token' of 'users'", "  DROP SYNC m_1",
          "  ALTER COLUMN users.token uuid NOT NULL DEFAULT gen_random_uuid()",
          "  DROP CONSTRAINT _segue_not_null_token ON users",
          "  DROP OWN COLUMN users._segue_d"));
  EXPECT_TRUE(FirstMotion().up.is_volatile);
}

TEST_F(AddColumnTest, DerivedColumnOnADatabaseWithoutCheckConstraints) {
  UseEmbedded();
  EXPECT_THAT(
      Plan(Add({"upper", "TEXT", false, "'?'"}, "upper(name)")),
      ElementsAre("EXPANDING Add column 'upper' (not null) to 'users'",
                  "  ADD COLUMN users.upper text NULL",
                  "  ADD COLUMN users._segue_d smallint NOT NULL DEFAULT 0",
                  "  CREATE SYNC m_1 ON users (- <-> upper) UP upper(name)",
                  "  note: an INSERT that leaves 'upper' out, or gives NULL, "
                  "cannot be told from one of the old version and gets the "
                  "value of 'up' until the contract",
                  "MIGRATING Backfill 'upper' from 'name'", "  FILL m_1",
                  "  VERIFY m_1",
                  "CONTRACTING Finish column 'upper' of 'users'",
                  "  DROP SYNC m_1",
                  "  ALTER COLUMN users.upper text NOT NULL DEFAULT '?'",
                  "  DROP OWN COLUMN users._segue_d"));
  const plan::ColumnMotion motion = FirstMotion();
  EXPECT_FALSE(motion.old_column);
  EXPECT_EQ(motion.new_default, "'?'");
  ASSERT_EQ(motion.up.bindings.size(), 1U);
  EXPECT_EQ(motion.up.bindings[0].column, "name");
  ASSERT_EQ(motion.key.size(), 1U);
  EXPECT_EQ(motion.key[0].type, "bigint");
}

TEST_F(AddColumnTest, DownKeepsThePairInStep) {
  AddColumnSpec spec;
  spec.table = "users";
  spec.column = MakeColumn("years", "bigint");
  spec.up = "age";
  spec.down = "years";
  Migration migration("m", "");
  migration.operations.push_back(MakeAddColumn(spec));
  Plan(migration);
  const plan::ColumnMotion motion = FirstMotion();
  ASSERT_TRUE(motion.old_column);
  EXPECT_EQ(motion.old_column->name, "age");
  EXPECT_EQ(motion.down.PlainColumn(), "years");
  EXPECT_FALSE(motion.keeps_old_column);
}

TEST_F(AddColumnTest, DownNeedsAPlainUp) {
  AddColumnSpec spec;
  spec.table = "users";
  spec.column = MakeColumn("years", "bigint");
  spec.up = "age + 1";
  spec.down = "years - 1";
  Migration migration("m", "");
  migration.operations.push_back(MakeAddColumn(spec));
  EXPECT_THAT(Refusal(migration), HasSubstr("'down' needs an 'up'"));
}

TEST_F(AddColumnTest, ExistingWithTheSameDefinitionIsSkipped) {
  EXPECT_THAT(
      Plan(Add({"name", "TEXT", false, "''"})),
      ElementsAre(
          "EXPANDING Add column 'name' (not null) to 'users'",
          "  note: the column exists already with this definition; skipped"));
  EXPECT_THAT(questions_, IsEmpty());
}

TEST_F(AddColumnTest, ExistingWithAnotherDefinitionShowsBoth) {
  EXPECT_THAT(Refusal(Add({"name", "TEXT", true, "'x'"})),
              HasSubstr("there 'text not null default ''::text', wanted 'text "
                        "default 'x''"));
}

TEST_F(AddColumnTest, ServerSaysNoToAnExpression) {
  answers_["nme"].error = "column \"nme\" does not exist";
  EXPECT_EQ(Refusal(Add(Spec("x"), "nme")),
            "expression 'up' of column 'x' of table 'users' is not accepted: "
            "column \"nme\" does not exist");
}

TEST_F(AddColumnTest, ServerSaysNoToADefault) {
  answers_["'x'"].error = "invalid input syntax";
  EXPECT_THAT(Refusal(Add({"x", "INTEGER", true, "'x'"})),
              HasSubstr("default 'x' of column 'x' (integer) of table 'users' "
                        "is not accepted: invalid input syntax"));
}

TEST_F(AddColumnTest, MissingTable) {
  EXPECT_THAT(Refusal(Migration("m", "").AddColumn("user", Spec("x")),
                      ErrorKind::kNotFound),
              HasSubstr("user"));
}

TEST_F(AddColumnTest, RefusesWhatTheTableCannotTake) {
  users().columns_had = 1600;
  EXPECT_THAT(Refusal(Add(Spec("x"))), HasSubstr("1600"));
  users().columns_had = 1599;
  EXPECT_THAT(Refusal(Add(Spec("x"), "name")), HasSubstr("1600"));
  EXPECT_EQ(Refusal(Add(Spec("x"))), "");
  EXPECT_THAT(Refusal(Add(Spec(std::string(64, 'x')))), HasSubstr("63 bytes"));
  EXPECT_THAT(Refusal(Add(Spec("x", "serial"))), HasSubstr("rewrites"));
  users().kind = "view";
  EXPECT_THAT(Refusal(Add(Spec("x"))), HasSubstr("it is a view"));
}

TEST_F(AddColumnTest, MotionsOfOneTableHaveTheirOwnProvenance) {
  Migration migration = Add(Spec("a"), "name");
  migration.AddColumn("users", Spec("b"), "name");
  const std::vector<std::string> lines = Plan(migration);
  EXPECT_THAT(lines, ::testing::Contains(HasSubstr("users._segue_d smallint")));
  EXPECT_THAT(lines,
              ::testing::Contains(HasSubstr("users._segue_d2 smallint")));
  EXPECT_THAT(lines, ::testing::Contains(HasSubstr("CREATE SYNC m_2")));
}

TEST_F(AddColumnTest, DerivingFromAColumnOfThisMigrationIsRefused) {
  Migration migration = Add(Spec("a"), "name");
  migration.AddColumn("users", Spec("b"), "a || 'x'");
  EXPECT_THAT(Refusal(migration),
              HasSubstr("column 'a' is already changed by an earlier "
                        "add_column of this migration"));
}

}  // namespace
}  // namespace segue::ops
