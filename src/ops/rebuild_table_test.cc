#include "ops/rebuild_table.h"

#include "planning/plan_bed.h"

namespace segue::ops {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class RebuildTableTest : public PlanBed {
 protected:
  static Migration Rebuild(const RebuildSpec& how = {}) {
    return Migration("m", "").RebuildTable("users", how);
  }
  std::vector<std::string> Steps(const Migration& migration) {
    std::vector<std::string> lines = Plan(migration);
    std::erase_if(lines, [](const std::string& line) {
      return line.starts_with("  note: ");
    });
    return lines;
  }
};

TEST_F(RebuildTableTest, ACopyIsFilledAndTakesThePlace) {
  EXPECT_THAT(
      Steps(Rebuild()),
      ElementsAre(
          "EXPANDING Create a hidden copy of 'users'",
          "  COPY TABLE users AS _segue_new_users (id, name, email, age, "
          "created) WITH _segue_new_users_pkey",
          "  CREATE SYNC m_1 ON users (-> _segue_new_users)",
          "MIGRATING Fill the copy of 'users' and compare it", "  FILL m_1",
          "  MARK _segue_new_users",
          "  CREATE INDEX _segue_new_users_email_idx ON _segue_new_users "
          "(email)",
          "  VERIFY m_1", "CONTRACTING Let the copy take the place of 'users'",
          "  SWAP users AND _segue_new_users PUT ASIDE AS _segue_old_users",
          "CONTRACTING Drop what 'users' was",
          "  DROP TABLE _segue_old_users"));
}

TEST_F(RebuildTableTest, TheTableFollowsUntilTheDrop) {
  undoable_ = true;
  const std::vector<std::string> lines = Steps(Rebuild());
  EXPECT_THAT(lines,
              Contains("SEALING Let the copy take the place of 'users'"));
  EXPECT_THAT(lines, Contains("  SWAP users AND _segue_new_users PUT ASIDE AS "
                              "_segue_old_users KEPT"));
  EXPECT_EQ(lines.at(lines.size() - 2), "  DROP SYNC m_1");
  EXPECT_EQ(motions_.Copy("m_1")->put_aside, "_segue_old_users");
}

// A look at all rows shares no transaction with the exchange.
TEST_F(RebuildTableTest, ForeignKeysAreProvenInStepsOfTheirOwn) {
  undoable_ = true;
  users().dependents = {{"foreign key", "public", "orders", "of_user", ""}};
  const std::vector<std::string> lines = Steps(Rebuild());
  const auto at = [&](const std::string& line) {
    return std::find(lines.begin(), lines.end(), line) - lines.begin();
  };
  const auto back = at("  NOTHING, BACK: PROVE KEYS OF users");
  const auto swap = at(
      "  SWAP users AND _segue_new_users PUT ASIDE AS _segue_old_users KEPT");
  const auto proof = at("  PROVE KEYS OF users");
  EXPECT_LT(back + 1, swap);
  EXPECT_LT(swap + 1, proof);
  EXPECT_LT(proof, static_cast<std::ptrdiff_t>(lines.size()));
}

TEST_F(RebuildTableTest, TheNewVersionSeesTheNewOrder) {
  Plan(Rebuild({.column_order = {"created", "age", "email", "name", "id"}}));
  EXPECT_THAT(shape_.FindTable("users")->ColumnNames(),
              ElementsAre("created", "age", "email", "name", "id"));
}

TEST_F(RebuildTableTest, AnOrderNamesEachColumnOnce) {
  EXPECT_THAT(Refusal(Rebuild({.column_order = {"id", "name", "email"}})),
              HasSubstr("column_order leaves out 'age', 'created'"));
  EXPECT_THAT(Refusal(Rebuild({.column_order = {"id", "id"}})),
              HasSubstr("names 'id' twice"));
}

TEST_F(RebuildTableTest, RowsAreWalkedByAnIndexAndThenByTheKey) {
  users().indexes.push_back(MakeIndex("users_age", {"age"}));
  Plan(Rebuild({.cluster_by = {"age"}}));
  EXPECT_THAT(schema::NamesOf(motions_.Copy("m_1")->walk),
              ElementsAre("age", "id"));
  EXPECT_THAT(Refusal(Rebuild({.cluster_by = {"email"}})),
              HasSubstr("column 'email' takes NULL"));
  EXPECT_THAT(Refusal(Rebuild({.cluster_by = {"name"}})),
              HasSubstr("no index over all rows begins"));
}

TEST_F(RebuildTableTest, NothingThatACopyCannotGetIsLeftOut) {
  users().constraints.clear();
  users().indexes.clear();
  EXPECT_THAT(Refusal(Rebuild()), HasSubstr("it has no primary key"));
}

TEST_F(RebuildTableTest, ADatabaseWithoutStorageIsNamed) {
  can_.table_storage = false;
  EXPECT_THAT(Refusal(Rebuild({.storage_parameters = "fillfactor = 70"})),
              HasSubstr("storage_parameters: "));
  can_.swaps_tables = false;
  EXPECT_THAT(Refusal(Rebuild()), HasSubstr("in no way that segue has"));
}

TEST_F(RebuildTableTest, NothingElseWorksOnTheTable) {
  EXPECT_THAT(Refusal(Migration("m", "")
                          .AddColumn("users", Spec("x"))
                          .RebuildTable("users")),
              HasSubstr("an earlier add_column of this migration works on it"));
  EXPECT_THAT(Refusal(Rebuild().AddColumn("users", Spec("x"))),
              HasSubstr("lets a copy take its place"));
}

TEST(ParametersOf, ReadsNamesAndValuesAndNothingElse) {
  const auto parameters = ParametersOf(" FillFactor=70, toast.x = 'off' ");
  ASSERT_EQ(parameters.size(), 2U);
  EXPECT_EQ(parameters[0].name, "fillfactor");
  EXPECT_EQ(parameters[0].value, "70");
  EXPECT_EQ(parameters[1].name, "toast.x");
  EXPECT_EQ(parameters[1].value, "off");
  EXPECT_TRUE(ParametersOf("").empty());
  for (const char* text : {"fillfactor", "fillfactor = 70); DROP TABLE t",
                           "a = 'b'c'", "= 3", "a = ", ","}) {
    EXPECT_THROW(ParametersOf(text), Error) << text;
  }
}

}  // namespace
}  // namespace segue::ops
