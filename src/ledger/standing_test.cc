#include "ledger/standing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/error.h"
#include "tests/doubles/scripted_database.h"

namespace segue::engine {
namespace {

using testing::HasSubstr;

class FindMigrationTest : public ::testing::Test {
 protected:
  FindMigrationTest() {
    ledger_.Install(db());
    whole_ = Named("02_whole");
    whole_.folded = {Named("01_part")};
  }

  static Migration Named(const std::string& id) {
    Migration migration(id, "title of " + id);
    migration.checksum = "of " + id;
    migration.source = "text of " + id;
    return migration;
  }
  // Begins what was found to be fresh, up to this phase.
  void BeginIt(const Migration& migration, Phase phase) {
    const Found found = FindMigration(db(), ledger_, migration);
    ASSERT_EQ(found.standing, Standing::kFresh);
    ledger_.Create(db(), found.row);
    for (const MigrationRow& part : found.parts) ledger_.Create(db(), part);
    ledger_.SetPhase(db(), migration.id, phase, SubState::kNone);
  }
  Standing Find(const Migration& migration) {
    return FindMigration(db(), ledger_, migration).standing;
  }
  std::string Refusal(const Migration& migration) {
    try {
      Find(migration);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kRefused);
      return error.what();
    }
    return "";
  }
  db::Connection& db() { return scripted_.database().connection(); }

  test::ScriptedDatabase scripted_;
  Ledger ledger_{scripted_.database().dialect(), "main", "tester",
                 std::chrono::seconds(30)};
  Migration whole_;
};

TEST_F(FindMigrationTest, AFreshOneComesWithTheRowsToBeCreated) {
  const Found found = FindMigration(db(), ledger_, whole_);
  EXPECT_EQ(found.standing, Standing::kFresh);
  EXPECT_EQ(found.row.id, "02_whole");
  EXPECT_EQ(found.row.checksum, "of 02_whole");
  EXPECT_EQ(found.row.source, "text of 02_whole");
  ASSERT_EQ(found.parts.size(), 1U);
  EXPECT_EQ(found.parts[0].id, "01_part");
  EXPECT_EQ(found.parts[0].folded_into, "02_whole");
  EXPECT_EQ(found.parts[0].checksum, "of 01_part");
}

TEST_F(FindMigrationTest, ThePhaseSaysWhetherItIsBegunOrComplete) {
  BeginIt(whole_, Phase::kExpanding);
  EXPECT_EQ(Find(whole_), Standing::kBegun);
  ledger_.SetPhase(db(), whole_.id, Phase::kComplete, SubState::kNone);
  EXPECT_EQ(Find(whole_), Standing::kComplete);
}

TEST_F(FindMigrationTest, OneThatWasRolledBackIsFreshAgainWhateverItSaysNow) {
  BeginIt(whole_, Phase::kRolledBack);
  whole_.checksum = "changed";
  whole_.folded[0].checksum = "changed too";
  EXPECT_EQ(Find(whole_), Standing::kFresh);
}

TEST_F(FindMigrationTest, AnotherIsRefusedWhileOneIsActive) {
  BeginIt(whole_, Phase::kMigrating);
  EXPECT_THAT(Refusal(Named("03_next")),
              HasSubstr("'02_whole' is active (MIGRATING)"));
  EXPECT_THAT(Refusal(Named("01_part")),
              HasSubstr("'01_part' is a part of '02_whole', which is active"));
  ledger_.SetPhase(db(), whole_.id, Phase::kComplete, SubState::kNone);
  EXPECT_EQ(Refusal(Named("03_next")), "");
}

TEST_F(FindMigrationTest, AFileThatWasChangedSinceItWasBegunIsRefused) {
  BeginIt(whole_, Phase::kMigrating);
  Migration changed = whole_;
  changed.checksum = "changed";
  EXPECT_THAT(Refusal(changed), HasSubstr("'02_whole' is not the one that"));
  changed = whole_;
  changed.folded[0].checksum = "changed";
  EXPECT_THAT(Refusal(changed), HasSubstr("'01_part' is not the one that"));
}

TEST_F(FindMigrationTest, APartThatAnotherRunHasBegunIsRefused) {
  Migration other = Named("01_other");
  other.folded = whole_.folded;
  BeginIt(other, Phase::kComplete);
  EXPECT_THAT(Refusal(whole_), HasSubstr("begun by another run (COMPLETE)"));
}

// As when another run completes a file after this one has looked what is
// pending: its operations must not be planned again.
TEST_F(FindMigrationTest, APartThatIsCompleteByItselfIsRefused) {
  BeginIt(Named("01_part"), Phase::kComplete);
  EXPECT_THAT(Refusal(whole_), HasSubstr("begun by another run (COMPLETE)"));
}

}  // namespace
}  // namespace segue::engine
