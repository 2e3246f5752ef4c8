#include "ops/alter_column.h"

#include <algorithm>

#include "planning/plan_bed.h"

namespace segue::ops {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class AlterColumnTest : public PlanBed {
 protected:
  static Migration Alter(const std::string& column,
                         const ColumnChange& change) {
    return Migration("m", "").AlterColumn("users", column, change);
  }
  static Migration ToType(const std::string& column, const std::string& type) {
    ColumnChange change;
    change.type = type;
    return Alter(column, change);
  }
  static ColumnChange NotNull(const std::string& up) {
    ColumnChange change;
    change.nullable = false;
    change.up = up;
    return change;
  }
};

TEST_F(AlterColumnTest, MarkingEndsBeforeAnythingIsContracted) {
  on_transform_error_ = OnTransformError::kMark;
  const std::vector<std::string> plan = Plan(ToType("age", "bigint"));
  EXPECT_THAT(plan, Contains(HasSubstr("AS integer) MARKING")));
  EXPECT_THAT(plan,
              Contains("  ADD CONSTRAINT _segue_filled__segue_new_age ON users "
                       "CHECK \"_segue_new_age\" IS NOT NULL OR \"_segue_d\" "
                       "= 4 (_segue_new_age, _segue_d) NOT VALID"));
  const auto first = std::find_if(
      plan.begin(), plan.end(),
      [](const std::string& line) { return line.starts_with("SEALING"); });
  ASSERT_GE(plan.end() - first, 5);
  const std::vector<std::string> closing(first, first + 5);
  EXPECT_THAT(
      closing,
      ElementsAre("SEALING Refuse what the new shape has no value for",
                  HasSubstr("  CREATE SYNC m_1"), "  VERIFY NONE MARKED m_1",
                  HasSubstr("_segue_not_null__segue_new_age"),
                  "  VALIDATE CONSTRAINT "
                  "_segue_not_null__segue_new_age ON users"));
}

TEST_F(AlterColumnTest, WhatCannotRaiseIsNotMarked) {
  on_transform_error_ = OnTransformError::kMark;
  ColumnChange change;
  change.new_name = "mail";
  EXPECT_THAT(Plan(Alter("email", change)),
              Not(Contains(HasSubstr("MARKING"))));
}

TEST_F(AlterColumnTest, TypeInPlaceSwapsAHiddenColumnIn) {
  users().indexes.push_back(MakeIndex("users_age_idx", {"age", "name"}));
  EXPECT_THAT(
      Plan(ToType("age", "bigint")),
      ElementsAre(
          "EXPANDING Add column 'age' as bigint to 'users'",
          "  ADD COLUMN users._segue_new_age bigint NULL",
          "  ADD COLUMN users._segue_d smallint NOT NULL DEFAULT 0",
          "  CREATE SYNC m_1 ON users (age <-> _segue_new_age) UP CAST(\"age\" "
          "AS bigint) DOWN CAST(\"age\" AS integer)",
          HasSubstr("the table would be written again"),
          "MIGRATING Backfill 'age' from 'age'", "  FILL m_1",
          "  ADD CONSTRAINT _segue_not_null__segue_new_age ON users CHECK "
          "\"_segue_new_age\" IS NOT NULL (_segue_new_age) NOT VALID",
          "  VERIFY m_1",
          "  VALIDATE CONSTRAINT _segue_not_null__segue_new_age ON users",
          "  CREATE INDEX _segue_new_users_age_idx ON users (_segue_new_age, "
          "name)",
          "CONTRACTING Change column 'age' of 'users': type integer -> bigint",
          "  DROP SYNC m_1", "  DROP INDEX users_age_idx",
          "  DROP COLUMN users.age",
          "  RENAME COLUMN users._segue_new_age TO age",
          "  ALTER COLUMN users.age bigint NOT NULL",
          "  DROP CONSTRAINT _segue_not_null__segue_new_age ON users",
          "  RENAME INDEX _segue_new_users_age_idx TO users_age_idx",
          "  DROP OWN COLUMN users._segue_d",
          HasSubstr("column 'age' is the last one of 'users' afterwards")));
  const plan::ColumnMotion motion = FirstMotion();
  EXPECT_EQ(motion.up.bindings.at(0).column, "age");
  EXPECT_EQ(motion.up.bindings.at(0).type, "integer");
  EXPECT_EQ(motion.down.bindings.at(0).name, "age");
  EXPECT_EQ(motion.down.bindings.at(0).column, "_segue_new_age");
  EXPECT_EQ(motion.down.bindings.at(0).type, "bigint");
  ASSERT_THAT(questions_, SizeIs(5));
  const auto& down = std::get<db::ExpressionQuestion>(questions_[2]);
  EXPECT_EQ(down.bindings.at(0).column, "_segue_new_age");
}

TEST_F(AlterColumnTest, VersionedStoresItElsewhere) {
  access_ = Access::kVersioned;
  Plan(ToType("age", "bigint"));
  const schema::Column& age = *shape_.tables[0].FindColumn("age");
  EXPECT_EQ(age.type, "bigint");
  EXPECT_EQ(age.physical(), "_segue_new_age");
  EXPECT_THAT(FirstMotion().new_versions, ElementsAre("public_m"));
}

TEST_F(AlterColumnTest, OldSidePreparesOnlyForANewSideThatWrites) {
  can_ = test::FakeDialect::Embedded();
  EXPECT_THAT(Plan(ToType("age", "bigint")),
              Not(Contains("  ALTER COLUMN users.age integer NULL")));
  ColumnChange change;
  change.type = "bigint";
  change.new_name = "years";
  EXPECT_THAT(Plan(Alter("age", change)),
              Contains("  ALTER COLUMN users.age integer NULL"));
  // In place nobody can write the hidden column, so its default cannot mislead.
  EXPECT_EQ(Refusal(ToType("created", "date")), "");
}

TEST_F(AlterColumnTest, TypeAndNameNeedNoHiddenColumn) {
  ColumnChange change;
  change.type = "bigint";
  change.new_name = "years";
  const std::vector<std::string> lines = Plan(Alter("age", change));
  EXPECT_EQ(lines[1], "  ADD COLUMN users.years bigint NULL");
  EXPECT_THAT(lines, Not(Contains(HasSubstr("RENAME COLUMN"))));
  EXPECT_THAT(lines, Contains("CONTRACTING Change column 'age' of 'users': "
                              "type integer -> bigint, name -> years"));
}

TEST_F(AlterColumnTest, NameAloneIsARename) {
  ColumnChange change;
  change.new_name = "mail";
  EXPECT_THAT(Plan(Alter("email", change)),
              Contains("  RENAME COLUMN users.email TO mail"));
}

TEST_F(AlterColumnTest, NameAndDefault) {
  ColumnChange change;
  change.new_name = "mail";
  change.default_sql = "'-'";
  const std::vector<std::string> lines = Plan(Alter("email", change));
  const auto renamed = std::find(lines.begin(), lines.end(),
                                 "  RENAME COLUMN users.email TO mail");
  const std::vector<std::string> after(renamed, lines.end());
  EXPECT_THAT(after,
              Contains("  ALTER COLUMN users.mail text NULL DEFAULT '-'"));
  EXPECT_NE(renamed, lines.end());
  EXPECT_EQ(shape_.tables[0].FindColumn("mail")->default_sql, "'-'");
}

TEST_F(AlterColumnTest, NotNullFillsOnlyNull) {
  EXPECT_THAT(
      Plan(Alter("email", NotNull("'none'"))),
      ElementsAre("EXPANDING Turn NULL in column 'email' of 'users' into 'up'",
                  "  ADD COLUMN users._segue_d smallint NOT NULL DEFAULT 0",
                  "  CREATE SYNC m_1 ON users (- <-> email) UP 'none'",
                  HasSubstr("the old version reads the value of 'up'"),
                  "MIGRATING Fill column 'email' of 'users' where it is NULL",
                  "  RETREAT m_1", "  FILL m_1", "  VERIFY m_1",
                  HasSubstr("a rollback gives NULL back"),
                  "SEALING Refuse what the new shape has no value for",
                  "  ADD CONSTRAINT _segue_not_null_email ON users CHECK "
                  "\"email\" IS NOT NULL (email) NOT VALID",
                  "  VALIDATE CONSTRAINT _segue_not_null_email ON users",
                  "CONTRACTING Change column 'email' of 'users': not null",
                  HasSubstr("  DROP SYNC m_1"),
                  "  ALTER COLUMN users.email text NOT NULL",
                  HasSubstr("  DROP CONSTRAINT _segue_not_null_email"),
                  HasSubstr("  DROP OWN COLUMN users._segue_d")));
}

TEST_F(AlterColumnTest, NotNullWithoutUpIsProvedFirstOfAll) {
  const std::vector<std::string> plan = Plan(Alter("email", NotNull("")));
  ASSERT_GT(plan.size(), 4U);
  EXPECT_THAT(std::vector<std::string>(plan.begin(), plan.begin() + 4),
              ElementsAre("SEALING Refuse what the new shape has no value for",
                          "  VERIFY NONE MARKED m_1",
                          HasSubstr("  ADD CONSTRAINT _segue_not_null_email"),
                          HasSubstr("  VALIDATE CONSTRAINT")));
  EXPECT_THAT(plan, Contains("  ALTER COLUMN users.email text NOT NULL"));
}

TEST_F(AlterColumnTest, NotNullWhoseUpMayChangeOtherValuesNeedsASecondColumn) {
  const Migration migration = Alter("email", NotNull("coalesce(email, '')"));
  EXPECT_THAT(Plan(migration),
              Contains("  ADD COLUMN users._segue_new_email text NULL"));
  answers_["coalesce(email, '')"].names = {"email"};
  EXPECT_THAT(Plan(migration), Not(Contains(HasSubstr("_segue_new_email"))));
  on_transform_error_ = OnTransformError::kMark;
  EXPECT_THAT(Plan(migration),
              Contains("  ADD COLUMN users._segue_new_email text NULL"));
}

TEST_F(AlterColumnTest, NotNullNeedsUpWhereASecondColumnIsFilled) {
  UseEmbedded();
  EXPECT_THAT(Refusal(Alter("email", NotNull(""))),
              HasSubstr("nullable: false needs 'up'"));
}

TEST_F(AlterColumnTest, NullVisibleAllowsNullAtOnce) {
  ColumnChange change;
  change.nullable = true;
  change.null_visible = true;
  access_ = Access::kVersioned;
  const std::vector<std::string> plan = Plan(Alter("age", change));
  ASSERT_GT(plan.size(), 2U);
  EXPECT_THAT(std::vector<std::string>(plan.begin(), plan.begin() + 3),
              ElementsAre("EXPANDING Change column 'age' of 'users': nullable",
                          "  ALTER COLUMN users.age integer NULL",
                          HasSubstr("the old version will read NULL")));
  change.type = "bigint";
  EXPECT_THAT(Refusal(Alter("age", change)), HasSubstr("null_visible"));
}

TEST_F(AlterColumnTest, NullableIsMetadataInPlace) {
  ColumnChange change;
  change.nullable = true;
  EXPECT_THAT(Plan(Alter("age", change)),
              ElementsAre("SEALING Change column 'age' of 'users': nullable",
                          "  ALTER COLUMN users.age integer NULL"));
}

TEST_F(AlterColumnTest, NullableNeedsDownWhereTheNewSideWrites) {
  ColumnChange change;
  change.nullable = true;
  access_ = Access::kVersioned;
  EXPECT_THAT(Refusal(Alter("age", change)),
              HasSubstr("nullable: true needs 'down'"));
  change.down = "coalesce(age, 0)";
  EXPECT_THAT(Plan(Alter("age", change)),
              Contains(HasSubstr("DOWN coalesce(age, 0)")));
}

TEST_F(AlterColumnTest, DefaultIsMetadata) {
  ColumnChange change;
  change.drop_default = true;
  EXPECT_THAT(Plan(Alter("name", change)),
              ElementsAre("SEALING Change column 'name' of 'users': no default",
                          "  ALTER COLUMN users.name text NOT NULL"));
  EXPECT_FALSE(shape_.tables[0].FindColumn("name")->default_sql);
}

TEST_F(AlterColumnTest, DefaultThatTheNewTypeDoesNotTake) {
  answers_["''::text"].error = "cannot cast";
  answers_["CAST(''::text AS json)"].error = "not json";
  answers_["CAST('' AS json)"].error = "not json";
  EXPECT_THAT(Refusal(ToType("name", "json")),
              HasSubstr("default ''::text of column 'name' (json)"));
}

TEST_F(AlterColumnTest, DefaultOfTheOldTypeIsCast) {
  answers_["''::text"].error = "of type json but default is of type text";
  EXPECT_THAT(Plan(ToType("name", "json")),
              Contains(HasSubstr("DEFAULT CAST(''::text AS json)")));
}

TEST_F(AlterColumnTest, ATypeThatTheServerTakesAsItIsMovesNothing) {
  answers_["TYPE email"] = {};
  EXPECT_THAT(
      Plan(ToType("email", "varchar")),
      ElementsAre("CONTRACTING Change column 'email' of 'users': type text -> "
                  "varchar",
                  "  ALTER COLUMN users.email varchar NULL",
                  HasSubstr("without touching a row")));
  answers_["TYPE email"].scans_table = true;
  EXPECT_THAT(Plan(ToType("email", "varchar")),
              Contains(HasSubstr("ADD COLUMN")));
  answers_["TYPE email"] = {};
  access_ = Access::kVersioned;
  EXPECT_THAT(Plan(ToType("email", "varchar")),
              Contains(HasSubstr("ADD COLUMN")));
}

TEST_F(AlterColumnTest, CommentIsSetAtOnce) {
  AlterColumnSpec spec;
  spec.table = "users";
  spec.column = "email";
  spec.comment = "where to write";
  Migration migration("m", "");
  migration.operations.push_back(MakeAlterColumn(spec));
  EXPECT_THAT(
      Plan(migration),
      ElementsAre("EXPANDING Comment on column 'email' of 'users'",
                  "  ALTER COLUMN users.email text NULL COMMENT 'where to "
                  "write'"));
}

TEST_F(AlterColumnTest, WhatIsSoAlreadyIsSkipped) {
  ColumnChange change;
  change.type = "TEXT";
  change.nullable = false;
  change.default_sql = "''";
  EXPECT_THAT(Plan(Alter("name", change)),
              ElementsAre("EXPANDING Change column 'name' of 'users': nothing "
                          "to do",
                          "  note: its type is text already; skipped",
                          "  note: it is NOT NULL already; skipped",
                          "  note: it has this default already; skipped"));
}

TEST_F(AlterColumnTest, ExpressionsMoveTheValuesOfAColumnThatStays) {
  ColumnChange change;
  change.type = "TEXT";
  change.up = "upper(name)";
  const std::vector<std::string> lines = Plan(Alter("name", change));
  EXPECT_THAT(lines, Contains("  note: its type is text already"));
  EXPECT_THAT(lines, Contains("  FILL m_1"));
  EXPECT_THAT(lines, Contains("CONTRACTING Change column 'name' of 'users': "
                              "its values"));
  change.up.clear();
  change.down = "lower(name)";
  EXPECT_THAT(Refusal(Alter("name", change)),
              HasSubstr("'down' alone moves no value in place"));
  access_ = Access::kVersioned;
  EXPECT_THAT(Plan(Alter("name", change)), Contains("  FILL m_1"));
}

TEST_F(AlterColumnTest, UniqueConstraintIsRebuilt) {
  schema::Index index = MakeIndex("users_age_key", {"age"});
  index.unique = true;
  index.constraint = "users_age_key";
  users().indexes.push_back(index);
  schema::Constraint unique;
  unique.name = "users_age_key";
  unique.kind = schema::ConstraintKind::kUnique;
  unique.columns = {"age"};
  users().constraints.push_back(unique);
  const std::vector<std::string> lines = Plan(ToType("age", "bigint"));
  EXPECT_THAT(lines, Contains("  DROP CONSTRAINT users_age_key ON users"));
  EXPECT_THAT(lines, Contains(HasSubstr("'users_age_key' is unique over")));
  EXPECT_THAT(lines, Contains(HasSubstr("ADD CONSTRAINT users_age_key ON users "
                                        "(age) USING "
                                        "_segue_new_users_age_key")));
  UseEmbedded();
  EXPECT_THAT(Refusal(ToType("age", "bigint")),
              HasSubstr("unique constraint 'users_age_key' uses it"));
}

TEST_F(AlterColumnTest, NamesEverythingThatHangsOnTheColumn) {
  schema::Constraint check;
  check.name = "adult";
  check.check = "(age >= 18)";
  check.validated = false;  // the rows may break it
  users().constraints.push_back(check);
  users().dependents = {{"view", "public", "", "adults", "age"},
                        {"function", "public", "", "f", ""}};
  users().triggers = {{"audit", "CREATE TRIGGER audit BEFORE UPDATE OF age"}};
  const std::string message = Refusal(ToType("age", "bigint"));
  EXPECT_THAT(message, HasSubstr("check 'adult' uses it"));
  EXPECT_THAT(message, HasSubstr("view 'public.adults' depends on it"));
  EXPECT_THAT(message, HasSubstr("trigger 'audit' mentions it"));
  EXPECT_THAT(message, Not(HasSubstr("public.f")));
  EXPECT_THAT(Refusal(ToType("id", "text")), HasSubstr("primary key"));
}

TEST_F(AlterColumnTest, ReferencedByItsOwnTable) {
  schema::Constraint self;
  self.name = "users_boss_fk";
  self.kind = schema::ConstraintKind::kForeignKey;
  self.columns = {"boss"};
  self.definition = "FOREIGN KEY (boss) REFERENCES users(age)";
  users().constraints.push_back(self);
  EXPECT_THAT(Refusal(ToType("age", "bigint")), HasSubstr("users_boss_fk"));
}

TEST_F(AlterColumnTest, TwoMotionsThatShareAnIndexAreRefused) {
  users().indexes.push_back(MakeIndex("users_both_idx", {"age", "email"}));
  Migration migration = ToType("age", "bigint");
  ColumnChange change;
  change.type = "varchar(10)";
  migration.AlterColumn("users", "email", change);
  EXPECT_THAT(Refusal(migration), HasSubstr("index 'users_both_idx'"));
}

}  // namespace
}  // namespace segue::ops
