#include "ops/split_table.h"

#include "planning/plan_bed.h"

namespace segue::ops {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

class SplitTableTest : public PlanBed {
 protected:
  static Migration Split() {
    return Migration("m", "").SplitTable("users", "mails", {"email", "name"});
  }
};

TEST_F(SplitTableTest, InPlaceTheCopyBecomesTheTable) {
  EXPECT_THAT(
      Plan(Split()),
      ElementsAre(
          "EXPANDING Create hidden table 'mails' and keep it in step with "
          "'users'",
          "  CREATE TABLE _segue_new_mails (id bigint NOT NULL, email text "
          "NULL, name text NOT NULL DEFAULT ''::text, CONSTRAINT mails_pkey ON "
          "_segue_new_mails (id))",
          "  CREATE SYNC m_1 ON users (-> _segue_new_mails)",
          "MIGRATING Backfill 'mails' from 'users'", "  FILL m_1",
          "  MARK _segue_new_mails",
          "  CREATE INDEX _segue_new_users_email_idx ON _segue_new_mails "
          "(email)",
          "  VERIFY m_1",
          "CONTRACTING Move 'email', 'name' of 'users' to "
          "'mails'",
          "  DROP SYNC m_1", "  UNMARK _segue_new_mails",
          "  DROP INDEX users_email_idx", "  DROP COLUMN users.email",
          "  DROP COLUMN users.name",
          "  RENAME TABLE _segue_new_mails TO mails",
          "  RENAME INDEX _segue_new_users_email_idx TO users_email_idx",
          "  ADD CONSTRAINT mails_id_fkey ON mails (id) NOT VALID",
          "  VALIDATE CONSTRAINT mails_id_fkey ON mails",
          "  note: from then on 'mails' has a row for a new row of 'users' "
          "only if the application adds it"));
  EXPECT_EQ(shape_.FindTable("users")->ColumnNames(),
            (std::vector<std::string>{"id", "age", "created"}));
  EXPECT_EQ(shape_.FindTable("mails")->ColumnNames(),
            (std::vector<std::string>{"id", "email", "name"}));
}

// All of it happens at once, and the view comes first.
TEST_F(SplitTableTest, VersionedTheViewIsAPartUntilThen) {
  access_ = Access::kVersioned;
  EXPECT_THAT(
      Plan(Split()),
      IsSupersetOf({"  PUBLISH public_m users(id, age, created) mails(id, "
                    "email, name) PART OF users",
                    "  REPOINT public_m.mails(id, email, name) PART OF users "
                    "TO _segue_new_mails",
                    "  note: a DELETE from 'mails' is refused until the "
                    "contract, because column 'name' takes no NULL"}));
  const DraftStep& contract = steps_.back();
  EXPECT_TRUE(std::holds_alternative<plan::RepointViews>(contract.actions[0]));
  ASSERT_EQ(contract.atomic.size(), 1U);
  EXPECT_EQ(contract.atomic[0].begin, 0U);
  EXPECT_EQ(contract.atomic[0].end, contract.actions.size() - 1);
}

TEST_F(SplitTableTest, TheCopyHasItsOwnersRightsAtTheContract) {
  users().owner = "app";
  EXPECT_THAT(Plan(Split()),
              IsSupersetOf({"  OWNER OF _segue_new_mails LIKE users",
                            "  RIGHTS OF mails LIKE users"}));
}

// Where no foreign key can be added later, the hidden table has it.
TEST_F(SplitTableTest, AnEmbeddedDatabaseHasTheForeignKeyFromTheStart) {
  UseEmbedded();
  EXPECT_THAT(Plan(Split()),
              Not(::testing::Contains(HasSubstr("  ADD CONSTRAINT"))));
}

TEST_F(SplitTableTest, NamesAllThatWouldNotGoAlong) {
  users().indexes.push_back(MakeIndex("both", {"email", "age"}));
  column("email").has_column_grants = true;
  column("name").default_is_constant = false;
  EXPECT_THAT(Refusal(Split()),
              AllOf(HasSubstr("index 'both' is over columns that stay, too"),
                    HasSubstr("roles have privileges on this single column"),
                    HasSubstr("its default gives another value each time")));
}

TEST_F(SplitTableTest, IsAloneOnItsTables) {
  access_ = Access::kVersioned;
  EXPECT_THAT(Refusal(Split().AddColumn("users", Spec("nick"))),
              HasSubstr("in the same migration"));
  EXPECT_THAT(Refusal(Split().AddColumn("mails", Spec("nick"))),
              HasSubstr("in the same migration"));
  EXPECT_THAT(Refusal(Split().Sql("SELECT 1", "SELECT 1")),
              HasSubstr("in the same migration"));
  EXPECT_THAT(Refusal(Split().RenameTable("users", "people")),
              HasSubstr("in the same migration"));
  EXPECT_THAT(Refusal(Split().DropTable("users")), Not(""));
}

TEST_F(SplitTableTest, RefusesWhatAnUndoWouldNeed) {
  undoable_ = true;
  EXPECT_THAT(Refusal(Split()), HasSubstr("undo_window"));
}

TEST_F(SplitTableTest, RefusesAColumnTwice) {
  EXPECT_THAT(Refusal(Migration("m", "").SplitTable("users", "mails",
                                                    {"email", "email"})),
              HasSubstr("it is named twice"));
}

}  // namespace
}  // namespace segue::ops
