#include "ops/rename_column.h"

#include "planning/plan_bed.h"

namespace segue::ops {
namespace {

using ::testing::_;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::VariantWith;

class RenameColumnTest : public PlanBed {
 protected:
  static Migration Rename(const std::string& from, const std::string& to) {
    return Migration("m", "").RenameColumn("users", from, to);
  }
  static Migration Of(RenameColumnSpec spec) {
    Migration migration("m", "");
    migration.operations.push_back(MakeRenameColumn(std::move(spec)));
    return migration;
  }
};

TEST_F(RenameColumnTest, InPlaceKeepsTheOldColumn) {
  EXPECT_THAT(
      Plan(Rename("email", "mail")),
      ElementsAre(
          "EXPANDING Add column 'mail' (nullable) to 'users'",
          "  ADD COLUMN users.mail text NULL",
          "  ADD COLUMN users._segue_d smallint NOT NULL DEFAULT 0",
          "  CREATE SYNC m_1 ON users (email <-> mail) UP \"email\" DOWN "
          "\"mail\"",
          "MIGRATING Backfill 'mail' from 'email'", "  FILL m_1",
          "  VERIFY m_1",
          "  CREATE INDEX _segue_new_users_email_idx ON users (mail)",
          "SEALING Switch 'users' over from column 'email' to 'mail'",
          "  CREATE SYNC m_1 ON users (email <=> mail) UP \"email\" DOWN "
          "\"mail\"",
          "  SETTLE m_1", "  DROP SYNC m_1",
          "  RENAME COLUMN users.mail TO _segue_old_email",
          "  RENAME COLUMN users.email TO mail",
          "  CREATE SYNC m_1 ON users (_segue_old_email <== mail) UP "
          "\"email\" DOWN \"mail\"",
          "CONTRACTING Drop old column 'email' from 'users'", "  DROP SYNC m_1",
          "  DROP INDEX _segue_new_users_email_idx",
          "  DROP OWN COLUMN users._segue_old_email",
          "  DROP OWN COLUMN users._segue_d"));
  EXPECT_TRUE(FirstMotion().keeps_old_column);
  EXPECT_EQ(FirstMotion().up.PlainColumn(), "email");
  // What a partition has of its own.
  EXPECT_THAT(questions_, ElementsAre(VariantWith<db::LossQuestion>(_)));
  EXPECT_THAT(shape_.tables[0].ColumnNames(),
              ElementsAre("id", "name", "mail", "age", "created"));
}

TEST_F(RenameColumnTest, BothSidesHaveTheConstantDefault) {
  const std::vector<std::string> lines = Plan(Rename("name", "full_name"));
  EXPECT_THAT(lines, Contains("  ADD COLUMN users.full_name text NULL THEN "
                              "DEFAULT ''::text"));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("ALTER COLUMN"))));
  EXPECT_THAT(lines, Contains("  RENAME COLUMN users.name TO full_name"));
  EXPECT_FALSE(FirstMotion().old_default_moved);
  EXPECT_TRUE(FirstMotion().new_has_default);
  EXPECT_EQ(FirstMotion().new_default, "''::text");
}

TEST_F(RenameColumnTest, DefaultThatChangesMovesForTheDuration) {
  column("created").nullable = false;
  const std::vector<std::string> lines = Plan(Rename("created", "made"));
  EXPECT_THAT(lines, Contains("  ADD COLUMN users.made timestamp NULL"));
  EXPECT_THAT(lines, Contains("  ALTER COLUMN users.created timestamp NOT "
                              "NULL"));
  EXPECT_THAT(lines, Contains("  ALTER COLUMN users.created timestamp NOT NULL "
                              "DEFAULT now()"));
  EXPECT_TRUE(FirstMotion().old_default_moved);
  EXPECT_FALSE(FirstMotion().new_has_default);
}

// A domain has a default of its own, which must not count in the rows that are
// there, and counts again when the column has none.
TEST_F(RenameColumnTest, DefaultOfTheTypeIsOverridden) {
  column("email").type_default = "3";
  column("email").of_domain = true;
  const std::vector<std::string> lines = Plan(Rename("email", "mail"));
  EXPECT_THAT(lines, Contains("  ADD COLUMN users.mail text NULL DEFAULT NULL "
                              "THEN DEFAULT 3"));
  EXPECT_EQ(FirstMotion().new_default, "3");
}

TEST_F(RenameColumnTest, TypeThatRefusesNullIsRefused) {
  column("email").of_domain = true;
  answers_[""].error = "value for domain mail violates check";
  EXPECT_THAT(Refusal(Rename("email", "mail")),
              HasSubstr("'mail' of table 'users': its type text refuses NULL "
                        "(value for domain mail violates check)"));
  access_ = Access::kVersioned;
  EXPECT_EQ(Refusal(Rename("email", "mail")), "");
}

TEST_F(RenameColumnTest, NotNullIsRelaxedWhereTriggersComeTooLate) {
  UseEmbedded();
  const std::vector<std::string> lines = Plan(Rename("age", "years"));
  EXPECT_THAT(lines, Contains("  ALTER COLUMN users.age integer NULL"));
  EXPECT_THAT(lines, Contains("  ALTER COLUMN users.age integer NOT NULL"));
  EXPECT_FALSE(FirstMotion().old_default_moved);
  EXPECT_FALSE(FirstMotion().old_column->nullable);
  // The default lets an INSERT pass until the trigger sets the value.
  EXPECT_THAT(Plan(Rename("name", "full_name")),
              Not(Contains(HasSubstr("ALTER COLUMN"))));
}

TEST_F(RenameColumnTest, DefaultThatCannotBeToldIsRefused) {
  EXPECT_THAT(Refusal(Rename("created", "made")),
              HasSubstr("its default (now()) gives another value each time"));
  column("created").nullable = false;
  EXPECT_EQ(Refusal(Rename("created", "made")), "");
  UseEmbedded();
  EXPECT_THAT(Refusal(Rename("created", "made")), HasSubstr("now()"));
}

TEST_F(RenameColumnTest, ColumnsThatNoTriggerCanWrite) {
  column("id").identity = schema::Identity::kAlways;
  column("email").generated_sql = "name || '@x'";
  users().partition_key = {"age"};
  EXPECT_THAT(Refusal(Rename("id", "uid")), HasSubstr("identity"));
  EXPECT_THAT(Refusal(Rename("email", "mail")), HasSubstr("generated"));
  EXPECT_THAT(Refusal(Rename("age", "years")), HasSubstr("partition key"));
  access_ = Access::kVersioned;
  EXPECT_EQ(Refusal(Rename("id", "uid")), "");
}

TEST_F(RenameColumnTest, PrimaryKeyGetsAUniqueCopy) {
  EXPECT_THAT(Plan(Rename("id", "uid")),
              Contains("  CREATE UNIQUE INDEX _segue_new_users_pkey ON users "
                       "(uid)"));
}

TEST_F(RenameColumnTest, IndexOverAnExpressionIsNotedNotCopied) {
  schema::Index lower = MakeIndex("users_lower_idx", {});
  lower.columns.push_back({"", "lower(email)", "", "", false, {}});
  schema::Index partial = MakeIndex("users_partial_idx", {"email"});
  partial.predicate = "email IS NOT NULL";
  schema::Index invalid = MakeIndex("users_invalid_idx", {"email"});
  invalid.valid = false;
  users().indexes = {lower, partial, invalid};
  const std::vector<std::string> lines = Plan(Rename("email", "mail"));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("CREATE INDEX"))));
  EXPECT_THAT(lines, Contains(HasSubstr("note: index 'users_lower_idx'")));
  EXPECT_THAT(lines, Contains(HasSubstr("note: index 'users_partial_idx'")));
  EXPECT_THAT(lines, Contains(HasSubstr("it is invalid")));
}

TEST_F(RenameColumnTest, VersionedIsOnlyAView) {
  access_ = Access::kVersioned;
  EXPECT_THAT(
      Plan(Rename("email", "mail")),
      ElementsAre("MIGRATING Publish version 'public_m'",
                  "  PUBLISH public_m users(id, name, email AS mail, age, "
                  "created)",
                  "SEALING Rename column 'email' of 'users' to 'mail'",
                  "  RENAME COLUMN users.email TO mail"));
  EXPECT_EQ(shape_.tables[0].FindColumn("mail")->physical(), "email");
}

TEST_F(RenameColumnTest, StrategyMetadataSaysWhatItCosts) {
  EXPECT_THAT(
      Plan(Of({"users", "email", "mail", "", "", RenameStrategy::kMetadata})),
      ElementsAre(_, "  RENAME COLUMN users.email TO mail",
                  HasSubstr("no two versions")));
}

TEST_F(RenameColumnTest, WithExpressionsTheNewColumnStays) {
  EXPECT_THAT(
      Plan(Of({"users", "email", "mail", "lower(email)", "mail"})),
      ElementsAre(
          "EXPANDING Add column 'mail' as text to 'users'",
          "  ADD COLUMN users.mail text NULL",
          "  ADD COLUMN users._segue_d smallint NOT NULL DEFAULT 0",
          "  CREATE SYNC m_1 ON users (email <-> mail) UP lower(email) DOWN "
          "mail",
          "MIGRATING Backfill 'mail' from 'email'", "  FILL m_1",
          "  VERIFY m_1",
          "  CREATE INDEX _segue_new_users_email_idx ON users (mail)",
          "CONTRACTING Change column 'email' of 'users': name -> mail",
          "  DROP SYNC m_1", "  DROP INDEX users_email_idx",
          "  DROP COLUMN users.email",
          "  RENAME INDEX _segue_new_users_email_idx TO users_email_idx",
          "  DROP OWN COLUMN users._segue_d",
          HasSubstr("column 'mail' is the last one")));
  EXPECT_FALSE(FirstMotion().keeps_old_column);
}

TEST_F(RenameColumnTest, MissingOrTakenNames) {
  EXPECT_THAT(Refusal(Rename("emial", "mail"), ErrorKind::kNotFound),
              HasSubstr("email"));
  EXPECT_THAT(Refusal(Rename("email", "name")), HasSubstr("exists already"));
  EXPECT_THAT(Refusal(Rename("email", "email")), HasSubstr("already"));
}

TEST_F(RenameColumnTest, TwoColumnsOfOneTable) {
  Migration migration = Rename("email", "mail");
  migration.RenameColumn("users", "age", "years");
  EXPECT_THAT(Plan(migration),
              Contains("  ADD COLUMN users._segue_d2 smallint NOT NULL DEFAULT "
                       "0"));
}

TEST_F(RenameColumnTest, OneColumnTwiceIsRefused) {
  Migration migration = Rename("email", "mail");
  migration.RenameColumn("users", "mail", "post");
  EXPECT_THAT(Refusal(migration),
              HasSubstr("column 'mail' is already changed by an earlier "
                        "rename_column of this migration"));
}

}  // namespace
}  // namespace segue::ops
