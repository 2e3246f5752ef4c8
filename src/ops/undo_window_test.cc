// What the operations seal when the contract can be undone.
#include "ops/sql.h"
#include "planning/plan_bed.h"

namespace segue::ops {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class UndoWindowTest : public PlanBed {
 protected:
  UndoWindowTest() { undoable_ = true; }

  // The actions of the steps in this place, without notes.
  std::vector<std::string> In(const Place& place, const Migration& migration) {
    Plan(migration);
    const test::FakeDialect dialect(can_);
    std::vector<std::string> lines;
    for (const DraftStep& step : steps_) {
      if (step.place != place) continue;
      EXPECT_NE(step.description, "");
      for (const plan::Action& action : step.actions) {
        lines.push_back(
            dialect.Render(action, {schema_, {}, motions_}).description);
      }
    }
    return lines;
  }
  std::vector<std::string> Notes() const {
    std::vector<std::string> notes;
    for (const DraftStep& step : steps_) {
      if (step.place.phase != Phase::kContracting) continue;
      notes.insert(notes.end(), step.notes.begin(), step.notes.end());
    }
    return notes;
  }

  static Migration AgeToText() {
    ColumnChange change;
    change.type = "text";
    change.up = "age::text";
    change.down = "age::integer";
    return Migration("m", "").AlterColumn("users", "age", change);
  }
};

TEST_F(UndoWindowTest, AReplacedColumnIsPutAside) {
  EXPECT_THAT(
      In(kSeal, AgeToText()),
      ElementsAre("DROP SYNC m_1",
                  "ALTER COLUMN users.age integer NULL PROVEN BY "
                  "_segue_undo_age",
                  "RENAME COLUMN users.age TO _segue_old_age",
                  "RENAME COLUMN users._segue_new_age TO age",
                  "ALTER COLUMN users.age text NOT NULL",
                  "CREATE SYNC m_1 ON users (_segue_old_age <== age) UP "
                  "age::text DOWN age::integer",
                  "ON UNDO PROVE \"_segue_old_age\" IS NOT NULL ON users"));
  EXPECT_THAT(
      In(kDrop, AgeToText()),
      ElementsAre("DROP SYNC m_1",
                  "DROP CONSTRAINT _segue_not_null__segue_new_age ON users",
                  "DROP COLUMN users._segue_old_age",
                  "DROP OWN COLUMN users._segue_d"));
  EXPECT_THAT(Notes(), Contains(StartsWith("undo: ")));
  EXPECT_EQ(FirstMotion().put_aside, "_segue_old_age");
  EXPECT_EQ(FirstMotion().sealed_as, "age");
}

TEST_F(UndoWindowTest, WithoutAWindowNothingIsSealed) {
  undoable_ = false;
  EXPECT_THAT(In(kSeal, AgeToText()), ElementsAre());
  EXPECT_EQ(FirstMotion().put_aside, "");
  EXPECT_FALSE(FirstMotion().undoable);
}

TEST_F(UndoWindowTest, IndexesGiveTheirNamesAway) {
  users().indexes.push_back(MakeIndex("users_age_idx", {"age"}));
  const std::vector<std::string> seal = In(kSeal, AgeToText());
  EXPECT_THAT(
      seal, Contains("RENAME INDEX users_age_idx TO _segue_old_users_age_idx"));
  EXPECT_THAT(
      seal, Contains("RENAME INDEX _segue_new_users_age_idx TO users_age_idx"));
  EXPECT_THAT(In(kDrop, AgeToText()),
              Contains("DROP INDEX _segue_old_users_age_idx"));
}

// It would refuse what the new version writes, and comes back with an index
// that is built first.
TEST_F(UndoWindowTest, AUniqueIndexIsLifted) {
  users().indexes.push_back(MakeIndex("users_age_idx", {"age"}));
  users().indexes.back().unique = true;
  const std::vector<std::string> seal = In(kSeal, AgeToText());
  EXPECT_THAT(seal, Contains("DROP INDEX users_age_idx BACK "
                             "age=_segue_old_age BY _segue_old_users_age_idx"));
  EXPECT_THAT(seal, Contains(StartsWith("ON UNDO CREATE UNIQUE INDEX "
                                        "_segue_old_users_age_idx")));
  EXPECT_THAT(In(kDrop, AgeToText()),
              Not(Contains("DROP INDEX _segue_old_users_age_idx")));
}

TEST_F(UndoWindowTest, AnIndexWithTheColumnInItsTextIsRefused) {
  schema::Index index = MakeIndex("users_older", {"email"});
  index.predicate = "age > 40";
  users().indexes.push_back(index);
  EXPECT_THAT(Refusal(AgeToText()), HasSubstr("undo_window: an expression or "
                                              "the predicate of index "
                                              "'users_older' reads it"));
}

TEST_F(UndoWindowTest, ACheckIsLiftedAndComesBack) {
  schema::Constraint check;
  check.name = "adult";
  check.check = "age > 17";
  check.columns = {"age"};
  check.validated = true;
  users().constraints.push_back(check);
  answers_["age > 17"].bound = "_segue_new_age > 17";
  EXPECT_THAT(In(kSeal, AgeToText()),
              Contains("DROP CONSTRAINT adult ON users BACK "
                       "age=_segue_old_age"));
}

TEST_F(UndoWindowTest, ADroppedColumnIsPutAside) {
  const Migration drop = Migration("m", "").DropColumn("users", "email");
  EXPECT_THAT(In(kSeal, drop),
              ElementsAre("RENAME COLUMN users.email TO _segue_old_email"));
  EXPECT_THAT(In(kDrop, drop),
              ElementsAre("DROP INDEX users_email_idx",
                          "DROP COLUMN users._segue_old_email"));
  EXPECT_THAT(Notes(), Contains(StartsWith("undo: ")));
}

TEST_F(UndoWindowTest, DownGoesOnSupplyingADroppedColumn) {
  EXPECT_THAT(
      In(kSeal, Migration("m", "").DropColumn("users", "age", "length(name)")),
      ElementsAre("DROP SYNC m_1",
                  "ALTER COLUMN users.age integer NULL PROVEN BY "
                  "_segue_undo_age",
                  "RENAME COLUMN users.age TO _segue_old_age",
                  "CREATE SYNC m_1 ON users (_segue_old_age <== -) DOWN "
                  "length(name)",
                  "ON UNDO PROVE \"_segue_old_age\" IS NOT NULL ON users"));
}

TEST_F(UndoWindowTest, ADroppedTableIsPutAside) {
  const Migration drop = Migration("m", "").DropTable("users");
  EXPECT_THAT(In(kSeal, drop),
              ElementsAre("RENAME TABLE users TO _segue_old_users"));
  EXPECT_THAT(In(kDrop, drop), ElementsAre("DROP TABLE _segue_old_users"));
}

TEST_F(UndoWindowTest, AnIndexIsThereUntilTheDrop) {
  const Migration drop = Migration("m", "").DropIndex("users_email_idx");
  EXPECT_THAT(In(kSeal, drop), ElementsAre());
  EXPECT_THAT(Notes(), Contains(HasSubstr("nothing to do")));
}

TEST_F(UndoWindowTest, NotNullComesBackIfItIsProven) {
  ColumnChange change;
  change.nullable = true;
  EXPECT_THAT(In(kSeal, Migration("m", "").AlterColumn("users", "age", change)),
              ElementsAre("ALTER COLUMN users.age integer NULL PROVEN BY "
                          "_segue_undo_age",
                          "ON UNDO PROVE \"age\" IS NOT NULL ON users"));
}

TEST_F(UndoWindowTest, EarlierVersionsAreSealedFirst) {
  access_ = Access::kVersioned;
  live_versions_ = {"public_0"};
  const std::vector<std::string> seal = In(kSeal, AgeToText());
  EXPECT_EQ(seal.at(0), "SEAL public_0");
  EXPECT_THAT(In(kDrop, AgeToText()), Contains("RETIRE SEALED public_0"));
}

TEST_F(UndoWindowTest, WhatHasNoSealIsRefused) {
  Migration sql = Migration("m", "");
  SqlSpec spec;
  spec.up = "SELECT 1";
  spec.on_complete = true;
  sql.operations.push_back(MakeSql(spec));
  EXPECT_THAT(Refusal(sql), HasSubstr("undo_window: 'Run SQL"));
}

// A trigger of the embedded database cannot go on after an error.
TEST_F(UndoWindowTest, ADownThatMayFailIsRefusedWhereNoRowCanBeMarked) {
  UseEmbedded();
  ColumnChange change;
  change.type = "text";
  change.up = "CAST(age AS text)";
  change.down = "parse(age)";
  EXPECT_THAT(Refusal(Migration("m", "").AlterColumn("users", "age", change)),
              HasSubstr("'down' may fail on a row"));
  change.down = "CAST(age AS integer)";
  EXPECT_EQ(Refusal(Migration("m", "").AlterColumn("users", "age", change)),
            "");
}

}  // namespace
}  // namespace segue::ops
