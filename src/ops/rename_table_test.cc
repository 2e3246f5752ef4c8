#include "ops/rename_table.h"

#include "planning/plan_bed.h"

namespace segue::ops {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

class RenameTableTest : public PlanBed {
 protected:
  static Migration Rename() {
    return Migration("m", "").RenameTable("users", "people");
  }
};

TEST_F(RenameTableTest, InPlaceAViewHasTheNewNameUntilTheContract) {
  can_.view_notes = {"no COPY"};
  EXPECT_THAT(
      Plan(Rename()),
      ElementsAre(
          "MIGRATING Publish table 'users' as 'people' too",
          "  ALIAS users AS people(id, name, email, age, created)",
          "  note: until the contract 'people' is a view, which does not take "
          "all that a table takes",
          "  note: no COPY", "SEALING Rename table 'users' to 'people'",
          "  DROP ALIAS people", "  RENAME TABLE users TO people",
          "  note: indexes and constraints keep their names"));
  EXPECT_EQ(shape_.FindTable("people")->name.name, "users");
  EXPECT_EQ(shape_.FindTable("users"), nullptr);
}

TEST_F(RenameTableTest, VersionedItIsOnlyRenamed) {
  access_ = Access::kVersioned;
  EXPECT_THAT(Plan(Rename()),
              ElementsAre("MIGRATING Publish version 'public_m'",
                          "  PUBLISH public_m people(id, name, email, age, "
                          "created)",
                          "SEALING Rename table 'users' to 'people'",
                          "  RENAME TABLE users TO people",
                          "  note: indexes and constraints keep their names"));
}

TEST_F(RenameTableTest, TheViewHasTheFinalShape) {
  const std::vector<std::string> lines = Plan(
      Rename().AddColumn("people", Spec("nick")).DropColumn("people", "email"));
  EXPECT_THAT(lines,
              IsSupersetOf({"  ADD COLUMN users.nick text NULL",
                            "  DROP COLUMN users.email",
                            "  ALIAS users AS people(id, name, age, created, "
                            "nick)"}));
  EXPECT_EQ(lines.back(), "  note: indexes and constraints keep their names");
}

TEST_F(RenameTableTest, InPlaceColumnsStayWhereTheViewHasThem) {
  const auto both = [] {
    return std::pair{Rename().RenameColumn("people", "name", "full_name"),
                     Migration("m", "")
                         .RenameColumn("users", "name", "full_name")
                         .RenameTable("users", "people")};
  };
  EXPECT_THAT(Refusal(both().first), HasSubstr("holds on to its columns"));
  EXPECT_THAT(Refusal(both().second), HasSubstr("an earlier rename_column"));
  access_ = Access::kVersioned;
  EXPECT_EQ(Plan(both().first).back(),
            "  note: indexes and constraints keep their names");
  Plan(both().second);
}

TEST_F(RenameTableTest, NamesMustBeFree) {
  EXPECT_THAT(Refusal(Migration("m", "").RenameTable("users", "users")),
              HasSubstr("has this name already"));
  EXPECT_THAT(
      Refusal(Migration("m", "").RenameTable("users", std::string(64, 'x'))),
      HasSubstr("longer than 63 bytes"));
  schema_.tables.push_back(MakeUsers());
  schema_.tables.back().name.name = "people";
  EXPECT_THAT(Refusal(Rename()), HasSubstr("a table of the new name exists"));
  EXPECT_THAT(Refusal(Migration("m", "").DropTable("people").RenameTable(
                  "users", "people")),
              HasSubstr("an earlier drop_table"));
}

TEST_F(RenameTableTest, OnceAndByTheNewName) {
  EXPECT_THAT(Refusal(Rename().DropColumn("users", "email")),
              HasSubstr("an earlier rename_table of this migration calls it "
                        "'people'"));
  EXPECT_THAT(Refusal(Rename().RenameTable("people", "folk")),
              HasSubstr("holds on to its columns"));
  access_ = Access::kVersioned;
  EXPECT_THAT(Refusal(Rename().RenameTable("people", "folk")),
              HasSubstr("has renamed it already"));
  EXPECT_THAT(Refusal(Rename().DropTable("people")),
              HasSubstr("an earlier rename_table of this migration works"));
}

}  // namespace
}  // namespace segue::ops
