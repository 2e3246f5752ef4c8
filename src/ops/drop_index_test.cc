#include "ops/drop_index.h"

#include "planning/plan_bed.h"

namespace segue::ops {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class DropIndexTest : public PlanBed {
 protected:
  static Migration Drop(const std::string& index) {
    return Migration("m", "").DropIndex(index);
  }
  schema::Index& email() { return users().indexes[1]; }
};

TEST_F(DropIndexTest, GoesAtTheContract) {
  EXPECT_THAT(Plan(Drop("users_email_idx")),
              ElementsAre("CONTRACTING Drop index 'users_email_idx' of 'users'",
                          "  DROP INDEX users_email_idx ALONE"));
  EXPECT_EQ(shape_.tables[0].indexes.size(), 1U);
}

TEST_F(DropIndexTest, NotThereNamesTheOthers) {
  EXPECT_THAT(Refusal(Drop("users_emial_idx"), ErrorKind::kNotFound),
              HasSubstr("users_email_idx"));
  Migration migration("m", "");
  migration.operations.push_back(MakeDropIndex({"nope", "users"}));
  EXPECT_THAT(Refusal(migration, ErrorKind::kNotFound),
              HasSubstr("on table 'users'"));
}

TEST_F(DropIndexTest, AUniqueOneSaysWhatIsLost) {
  email().unique = true;
  email().predicate = "age > 3";
  EXPECT_THAT(Plan(Drop("users_email_idx")),
              Contains(HasSubstr("keeps (email) unique where age > 3")));
}

TEST_F(DropIndexTest, WhatRelyOnItIsNamed) {
  EXPECT_THAT(Refusal(Drop("users_pkey")), HasSubstr("primary key"));
  email().constraint = "users_email_key";
  EXPECT_THAT(Refusal(Drop("users_email_idx")),
              HasSubstr("backs the constraint 'users_email_key'"));
  email().constraint.clear();
  email().referenced_by = {"public.orders.fk"};
  EXPECT_THAT(Refusal(Drop("users_email_idx")),
              HasSubstr("foreign keys rely on it: public.orders.fk"));
  email().referenced_by.clear();
  users().replica_identity_index = "users_email_idx";
  EXPECT_THAT(Refusal(Drop("users_email_idx")), HasSubstr("replica identity"));
}

TEST_F(DropIndexTest, ForeignKeysAreFoundByTheirColumns) {
  email().unique = true;
  users().dependents = {{"foreign key", "", "orders", "fk", "email"},
                        {"foreign key", "", "orders", "other", "id"}};
  EXPECT_THAT(Refusal(Drop("users_email_idx")),
              HasSubstr("foreign keys rely on it: orders.fk"));
  schema::Index other = email();
  other.name = "another";
  users().indexes.push_back(other);
  EXPECT_EQ(Refusal(Drop("users_email_idx")), "");
}

}  // namespace
}  // namespace segue::ops
