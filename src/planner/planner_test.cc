#include "planner/planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/error.h"
#include "segue/migration.h"
#include "tests/doubles/fake_dialect.h"

namespace segue::engine {
namespace {

using testing::HasSubstr;

// Returns what hinders a drop of users while version "public_01" is published;
// empty: nothing does.
std::string Hindrance(const schema::Dependent& dependent) {
  schema::Table users;
  users.name = {"public", "users"};
  users.dependents = {dependent};
  schema::Schema schema;
  schema.name = "public";
  schema.tables = {users};
  const Migration migration = Migration("02_drop", "").DropTable("users");
  PlannerInput input{migration, "public", Access::kVersioned};
  input.live_versions = {"public_01"};
  try {
    MakePlanOffline(test::FakeDialect(), schema, input);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(PlannerTest, ViewsOfPublishedVersionsHinderNothing) {
  EXPECT_EQ(Hindrance({"view", "public_01", "", "users", "id"}), "");
  EXPECT_THAT(Hindrance({"view", "public", "", "v", "id"}),
              HasSubstr("view 'public.v' depends on it"));
}

TEST(PlannerTest, WhatIsOnlyCalledAsAVersionIsNoneOfIts) {
  EXPECT_THAT(Hindrance({"foreign key", "", "public_01", "fk", "id"}),
              HasSubstr("foreign key 'public_01.fk' depends on it"));
  EXPECT_THAT(Hindrance({"view", "public_01.x", "", "v", "id"}),
              HasSubstr("view 'public_01.x.v' depends on it"));
}

}  // namespace
}  // namespace segue::engine
