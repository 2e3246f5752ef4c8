// Tests the constraints over columns that are in use, whichever operation adds
// them.
#include "planning/constraint_steps.h"

#include "planning/plan_bed.h"

namespace segue::ops {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

class ConstraintStepsTest : public PlanBed {
 protected:
  static ConstraintSpec Check(const std::string& name,
                              const std::string& check) {
    ConstraintSpec spec;
    spec.name = name;
    spec.check = check;
    return spec;
  }
  static ConstraintSpec Unique(const std::string& name,
                               const std::vector<std::string>& columns) {
    ConstraintSpec spec;
    spec.name = name;
    spec.type = ConstraintType::kUnique;
    spec.columns = columns;
    return spec;
  }
  static Migration Alter(const std::string& column,
                         const ConstraintSpec& constraint,
                         const std::string& up = "") {
    ColumnChange change;
    change.constraints = {constraint};
    change.up = up;
    return Migration("m", "").AlterColumn("users", column, change);
  }
  static Migration Create(const ConstraintSpec& constraint) {
    return Migration("m", "").CreateConstraint("users", constraint);
  }
  void AddOrders() {
    schema::Table orders;
    orders.name = {"public", "orders"};
    orders.columns = {MakeColumn("id", "bigint", false),
                      MakeColumn("user_id", "bigint")};
    schema_.tables.push_back(orders);
  }
};

TEST_F(ConstraintStepsTest, ACheckIsAddedAndValidatedApart) {
  EXPECT_THAT(
      Plan(Alter("age", Check("adult", "age >= 18"))),
      ElementsAre("MIGRATING Add check 'adult' to column 'age' of 'users'",
                  "  ADD CONSTRAINT adult ON users CHECK age >= 18 (age) NOT "
                  "VALID",
                  "  VALIDATE CONSTRAINT adult ON users",
                  "  note: 'adult' holds for the old version too from this "
                  "step on: its writes that break it are refused"));
}

TEST_F(ConstraintStepsTest, WhereNothingIsNotValidItIsProvedAtOnce) {
  UseEmbedded();
  EXPECT_THAT(Plan(Alter("age", Check("adult", "age >= 18"))),
              IsSupersetOf({"  ADD CONSTRAINT adult ON users CHECK age >= 18 "
                            "(age)"}));
}

TEST_F(ConstraintStepsTest, RowsAreTriedAgainstIt) {
  Plan(Alter("age", Check("adult", "age >= 18")));
  const auto* add =
      std::get_if<plan::AddConstraint>(&steps_.at(0).actions.at(0));
  ASSERT_NE(add, nullptr);
  ASSERT_TRUE(add->trial.has_value());
  ASSERT_EQ(add->trial->values.size(), 1U);
  EXPECT_EQ(add->trial->values[0].column, "age");
  EXPECT_EQ(add->trial->values[0].value.PlainColumn(), "age");
}

TEST_F(ConstraintStepsTest, AnUpDuplicatesTheColumnAndBindsTheCheck) {
  answers_["age >= 18"].bound = "_segue_new_age >= 18";
  const auto lines = Plan(Alter("age", Check("adult", "age >= 18"), "age + 1"));
  EXPECT_THAT(lines, IsSupersetOf(
                         {"  CREATE SYNC m_1 ON users (age <-> _segue_new_age) "
                          "UP age + 1 DOWN \"age\"",
                          "  ADD CONSTRAINT adult ON users CHECK "
                          "_segue_new_age >= 18 (_segue_new_age) NOT VALID",
                          "  VALIDATE CONSTRAINT adult ON users"}));
}

TEST_F(ConstraintStepsTest, ACheckWaitsForATriggerThatFillsItsColumn) {
  UseEmbedded();
  answers_["age >= 18"].bound = "_segue_new_age >= 18";
  const auto lines = Plan(Alter("age", Check("adult", "age >= 18"), "age + 1"));
  EXPECT_THAT(
      lines,
      IsSupersetOf({"  ADD CONSTRAINT _segue_check_adult ON users CHECK "
                    "UNTIL _segue_d (_segue_new_age >= 18) "
                    "(_segue_new_age)",
                    "  DROP CONSTRAINT _segue_check_adult ON users",
                    "  ADD CONSTRAINT adult ON users CHECK age >= 18 (age)"}));
}

TEST_F(ConstraintStepsTest, AUniqueConstraintAdoptsAnIndex) {
  EXPECT_THAT(Plan(Create(Unique("u", {"name", "age"}))),
              ElementsAre("MIGRATING Add unique constraint 'u' to 'users'",
                          "  CREATE UNIQUE INDEX u ON users (name, age)",
                          "  ADD CONSTRAINT u ON users (name, age) USING u NOT "
                          "VALID",
                          HasSubstr("  note: 'u' holds")));
  UseEmbedded();
  EXPECT_THAT(Plan(Create(Unique("u", {"name", "age"}))),
              Not(Contains(HasSubstr("ADD CONSTRAINT"))));
}

TEST_F(ConstraintStepsTest, APrimaryKeyProvesNotNullFirst) {
  users().constraints.clear();
  users().indexes.clear();
  ConstraintSpec key = Unique("users_pk", {"email"});
  key.type = ConstraintType::kPrimaryKey;
  EXPECT_THAT(
      Plan(Create(key)),
      IsSupersetOf({"  ADD CONSTRAINT _segue_not_null_email ON users CHECK "
                    "\"email\" IS NOT NULL (email) NOT VALID",
                    "  VALIDATE CONSTRAINT _segue_not_null_email ON users",
                    "  ALTER COLUMN users.email text NOT NULL",
                    "  DROP CONSTRAINT _segue_not_null_email ON users",
                    "  CREATE UNIQUE INDEX users_pk ON users (email)",
                    "  ADD CONSTRAINT users_pk ON users (email) USING "
                    "users_pk NOT VALID"}));
}

TEST_F(ConstraintStepsTest, ASecondPrimaryKeyIsRefused) {
  ConstraintSpec key = Unique("other", {"email"});
  key.type = ConstraintType::kPrimaryKey;
  EXPECT_THAT(Refusal(Create(key)), HasSubstr("has a primary key already"));
}

TEST_F(ConstraintStepsTest, AForeignKeyNeedsSomethingUnique) {
  AddOrders();
  ConstraintSpec key;
  key.name = "fk";
  key.type = ConstraintType::kForeignKey;
  key.columns = {"user_id"};
  key.references_table = "users";
  const auto create = [&] {
    return Migration("m", "").CreateConstraint("orders", key);
  };
  EXPECT_THAT(Plan(create()),
              IsSupersetOf({"  ADD CONSTRAINT fk ON orders (user_id) NOT VALID",
                            "  VALIDATE CONSTRAINT fk ON orders"}));
  key.references_columns = {"email"};
  EXPECT_THAT(Refusal(create()), HasSubstr("nothing makes email of 'users'"));
  key.references_table = "nobody";
  EXPECT_THAT(Refusal(create(), ErrorKind::kNotFound), HasSubstr("nobody"));
}

TEST_F(ConstraintStepsTest, WhatExistsIsSkippedOrShown) {
  schema::Constraint adult;
  adult.name = "adult";
  adult.check = "(age >= 18)";
  adult.definition = "CHECK ((age >= 18))";
  adult.columns = {"age"};
  users().constraints.push_back(adult);
  EXPECT_THAT(Plan(Create(Check("adult", "age >= 18"))),
              ElementsAre("EXPANDING Add check 'adult' to 'users': nothing to "
                          "do",
                          "  note: check 'adult' exists already with this "
                          "definition; skipped"));
  EXPECT_THAT(Refusal(Create(Check("adult", "age >= 21"))),
              HasSubstr("another definition: there 'CHECK ((age >= 18))', "
                        "wanted 'CHECK (age >= 21)'"));
}

TEST_F(ConstraintStepsTest, NamesMustBeFree) {
  EXPECT_THAT(Refusal(Create(Unique("users_email_idx", {"name"}))),
              HasSubstr("an index of this name exists already on 'users'"));
  EXPECT_THAT(Refusal(Create(Unique("users", {"name"}))),
              HasSubstr("a table of this name exists already"));
}

TEST_F(ConstraintStepsTest, TwoOperationsDoNotShareAName) {
  EXPECT_THAT(Refusal(Create(Unique("u", {"name"}))
                          .CreateConstraint("users", Unique("u", {"age"}))),
              HasSubstr("constraint 'u' is already changed by an earlier "
                        "create_constraint"));
}

TEST_F(ConstraintStepsTest, SeveralOverOneColumnGoTogether) {
  EXPECT_THAT(Plan(Create(Unique("u", {"age"}))
                       .CreateConstraint("users", Check("c", "age > 0"))),
              IsSupersetOf({"  CREATE UNIQUE INDEX u ON users (age)",
                            "  VALIDATE CONSTRAINT c ON users"}));
}

TEST_F(ConstraintStepsTest, ADropComesAtTheContract) {
  schema::Constraint adult;
  adult.name = "adult";
  adult.check = "age >= 18";
  adult.columns = {"age"};
  users().constraints.push_back(adult);
  EXPECT_THAT(Plan(Migration("m", "").DropConstraint("users", "adult")),
              ElementsAre("SEALING Drop check 'adult' of 'users'",
                          "  DROP CONSTRAINT adult ON users"));
  access_ = Access::kVersioned;
  const auto lines = Plan(Migration("m", "").DropConstraint(
      "users", "adult", {}, {{"age", "greatest(age, 18)"}}));
  EXPECT_THAT(
      lines,
      IsSupersetOf({"  CREATE SYNC m_1 ON users (age <-> _segue_new_age) UP "
                    "\"age\" DOWN greatest(age, 18)",
                    "  DROP CONSTRAINT adult ON users"}));
}

TEST_F(ConstraintStepsTest, WhatForeignKeysRelyOnStays) {
  AddOrders();
  schema::Constraint key;
  key.name = "fk";
  key.kind = schema::ConstraintKind::kForeignKey;
  key.columns = {"user_id"};
  key.reference.table = "users";
  key.reference.columns = {"id"};
  schema_.tables[1].constraints = {key};
  EXPECT_THAT(Refusal(Migration("m", "").DropConstraint("users", "users_pkey")),
              HasSubstr("foreign keys rely on it: orders.fk"));
}

TEST_F(ConstraintStepsTest, RenamesAtTheContract) {
  EXPECT_THAT(
      Plan(Migration("m", "").RenameConstraint("users", "users_pkey", "pk")),
      ElementsAre("SEALING Rename primary key 'users_pkey' of 'users' to "
                  "'pk'",
                  "  RENAME CONSTRAINT users_pkey ON users TO pk"));
}

TEST_F(ConstraintStepsTest, SetsTheReplicaIdentity) {
  users().replica_identity = "DEFAULT";
  EXPECT_THAT(Plan(Migration("m", "").SetReplicaIdentity("users", "FULL")),
              ElementsAre("EXPANDING Set the replica identity of 'users' to "
                          "FULL",
                          "  REPLICA IDENTITY OF users FULL"));
  EXPECT_THAT(Refusal(Migration("m", "").SetReplicaIdentity("users", "INDEX",
                                                            "users_email_idx")),
              HasSubstr("column 'email' is nullable"));
  UseEmbedded();
  EXPECT_THAT(Refusal(Migration("m", "").SetReplicaIdentity("users", "FULL")),
              HasSubstr("Embedded fake has no replica identity"));
}

}  // namespace
}  // namespace segue::ops
