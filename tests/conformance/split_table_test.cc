// The columns of a split table through both shapes: what the server says, and
// what two sessions do to each other.
#include <gmock/gmock.h>

#include <optional>
#include <thread>

#include "manifest/manifest.h"
#include "segue/migrator.h"
#include "tests/conformance/lock_wait.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class SplitTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    db().Exec(
        "CREATE TABLE users(id integer NOT NULL PRIMARY KEY, name text, bio "
        "text, n integer DEFAULT 0);"
        "INSERT INTO users VALUES (1, 'Alice', 'a', 1), (2, 'Bob', NULL, 0)");
    database_.emplace(db().Open());
    MigratorOptions options;
    options.access = Access::kVersioned;
    options.lock_patience = std::chrono::seconds(2);
    migrator_.emplace(*database_, options);
    migrator_->Start(manifest::Parse(
        "access: versioned\noperations:\n  - split_table: {table: users, to: "
        "{table: profiles, columns: [bio, n]}}\n",
        "01_split.yaml"));
    app_ = NewVersion();
  }
  void TearDown() override {
    app_.reset();
    migrator_.reset();
    database_.reset();
    DialectTest::TearDown();
  }

  std::unique_ptr<Client> NewVersion() {
    return db().NewVersionClient("latest");
  }
  std::string Base() {
    return ToLines(
        db().app().Query("SELECT id, bio, n FROM users ORDER BY id"));
  }

  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
  std::unique_ptr<Client> app_;
};

// The errors of the table that comes, as the page of the operation has them.
using SqliteSplitTest = SplitTest;

TEST_P(SqliteSplitTest, SaysWhatTheTableWouldSay) {
  EXPECT_THAT(app_->ErrorOf("INSERT INTO profiles(id, bio) VALUES (9, 'x')"),
              StartsWith("FOREIGN KEY constraint failed\n"));
  EXPECT_THAT(app_->ErrorOf("INSERT INTO profiles(id, bio) VALUES (1, 'x')"),
              StartsWith("UNIQUE constraint failed: profiles.id\n"));
  EXPECT_THAT(app_->ErrorOf("INSERT INTO profiles(bio) VALUES ('x')"),
              StartsWith("NOT NULL constraint failed: profiles.id\n"));
  EXPECT_THAT(app_->ErrorOf("UPDATE profiles SET id = 5 WHERE id = 1"),
              StartsWith("cannot update column \"id\" of view \"profiles\"\n"));
  EXPECT_THAT(app_->ErrorOf("INSERT INTO profiles(id, bio) VALUES (1, 'x') ON "
                            "CONFLICT (id) DO UPDATE SET bio = 'y'"),
              StartsWith("cannot UPSERT a view\n"));
  EXPECT_EQ(Base(), "1|a|1\n2|NULL|0\n");
}

SEGUE_INSTANTIATE_ON(SqliteSplitTest, SqliteTestbed());

class SplitViewTest : public SplitTest {
 protected:
  // Returns the error of `sql` of the new version, which waits for a row that
  // `holder` has written.
  std::string Behind(Client& holder, const std::string& sql) {
    return ErrorBehind(db().app(), holder, *app_, sql);
  }
};

TEST_P(SplitViewTest, SaysWhatTheTableWouldSay) {
  EXPECT_THAT(app_->ErrorOf("INSERT INTO profiles(id, bio) VALUES (9, 'x')"),
              HasSubstr("insert or update on table \"profiles\" violates "
                        "foreign key constraint \"profiles_id_fkey\""));
  EXPECT_THAT(app_->ErrorOf("INSERT INTO profiles(id, bio) VALUES (1, 'x')"),
              HasSubstr("duplicate key value violates unique constraint "
                        "\"profiles_pkey\""));
  EXPECT_THAT(app_->ErrorOf("INSERT INTO profiles(bio) VALUES ('x')"),
              HasSubstr("null value in column \"id\" of relation \"profiles\" "
                        "violates not-null constraint"));
  EXPECT_THAT(app_->ErrorOf("UPDATE profiles SET id = 5 WHERE id = 1"),
              HasSubstr("cannot update column \"id\" of view \"profiles\""));
  EXPECT_THAT(app_->ErrorOf("INSERT INTO profiles(id, bio) VALUES (1, 'x') ON "
                            "CONFLICT (id) DO UPDATE SET bio = 'y'"),
              HasSubstr("there is no unique or exclusion constraint matching "
                        "the ON CONFLICT specification"));
  EXPECT_THAT(app_->ErrorOf("INSERT INTO profiles(id, bio) VALUES (1, 'x') ON "
                            "CONFLICT DO NOTHING"),
              HasSubstr("duplicate key value"));
  EXPECT_THAT(app_->ErrorOf("TRUNCATE profiles"),
              HasSubstr("\"profiles\" is not a table"));
  EXPECT_THAT(app_->ErrorOf("COPY profiles TO STDOUT"),
              HasSubstr("cannot copy from view \"profiles\""));
  EXPECT_EQ(Base(), "1|a|1\n2|NULL|0\n");
}

TEST_P(SplitViewTest, TakesOfMergeWhatTheServerTakes) {
  const int version = std::stoi(
      app_->One("SELECT current_setting('server_version_num')").value());
  const std::string merge =
      "MERGE INTO profiles p USING (SELECT 1 AS id) s ON p.id = s.id WHEN "
      "MATCHED THEN UPDATE SET bio = 'm'";
  const std::string more =
      merge + " WHEN NOT MATCHED THEN INSERT (id, bio) VALUES (s.id, 'x')";
  const char* const error =
      version < 150000 ? "syntax error"
      : version < 170000
          ? "cannot execute MERGE on relation \"profiles\""
          : "cannot merge into column \"id\" of view \"profiles\"";
  EXPECT_THAT(app_->ErrorOf(more), HasSubstr(error));
  const bool takes = version >= 170000;
  EXPECT_EQ(app_->Fails(merge), !takes);
  EXPECT_EQ(Base(), takes ? "1|m|1\n2|NULL|0\n" : "1|a|1\n2|NULL|0\n");
}

TEST_P(SplitViewTest, TwoSessionsCountOn) {
  const auto other = NewVersion();
  other->Query("BEGIN");
  other->Query("UPDATE profiles SET n = n + 1 WHERE id = 1");
  EXPECT_EQ(Behind(*other, "UPDATE profiles SET n = n + 1 WHERE id = 1"), "");
  EXPECT_EQ(Base(), "1|a|3\n2|NULL|0\n");
}

// The INSERT looks at the row as the other session leaves it.
TEST_P(SplitViewTest, AnInsertWaitsForTheRow) {
  const auto old = db().NewClient();
  old->Query("BEGIN");
  old->Query("UPDATE users SET bio = 'b' WHERE id = 2");
  EXPECT_THAT(Behind(*old, "INSERT INTO profiles(id, bio) VALUES (2, 'x')"),
              HasSubstr("duplicate key value"));
  EXPECT_EQ(Base(), "1|a|1\n2|b|0\n");
}

TEST_P(SplitViewTest, ADeleteYieldsToAChange) {
  const auto old = db().NewClient();
  old->Query("BEGIN");
  old->Query("UPDATE users SET bio = 'kept' WHERE id = 1");
  EXPECT_THAT(Behind(*old, "DELETE FROM profiles WHERE bio = 'a'"),
              HasSubstr("could not serialize access due to concurrent update"));
  EXPECT_EQ(Base(), "1|kept|1\n2|NULL|0\n");
}

TEST_P(SplitViewTest, ADeleteLetsOtherColumnsBe) {
  const auto old = db().NewClient();
  old->Query("BEGIN");
  old->Query("UPDATE users SET name = 'A' WHERE id = 1");
  EXPECT_EQ(Behind(*old, "DELETE FROM profiles WHERE bio = 'a'"), "");
  EXPECT_EQ(Base(), "1|NULL|NULL\n2|NULL|0\n");
}

TEST_P(SplitViewTest, TheKeyIsFoundByItsIndex) {
  db().Exec(
      "INSERT INTO users SELECT g, 'x', 'y', g FROM generate_series(3, 20000) "
      "g; ANALYZE users");
  for (const char* query :
       {"SELECT * FROM profiles WHERE id = 5",
        "SELECT * FROM users u LEFT JOIN profiles p ON p.id = u.id WHERE u.id "
        "= 5",
        "SELECT * FROM users u LEFT JOIN profiles p USING (id) WHERE u.id IN "
        "(5, 6)",
        "UPDATE profiles SET bio = 'z' WHERE id = 5",
        "DELETE FROM profiles WHERE id = 5"}) {
    EXPECT_THAT(ToLines(app_->Query(std::string("EXPLAIN ") + query)),
                Not(HasSubstr("Seq Scan on users")))
        << query;
  }
}

// What others make meanwhile was not there to be refused.
TEST_P(SplitViewTest, TheContractMeetsWhatOthersHaveMade) {
  db().Exec(
      "CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "RETURN NEW; END $$; CREATE TRIGGER watch BEFORE UPDATE ON users FOR "
      "EACH ROW EXECUTE FUNCTION watch()");
  EXPECT_THAT(RefusalOf([&] { migrator_->Complete(); }), HasSubstr("watch"));
  EXPECT_EQ(app_->One("SELECT bio FROM profiles WHERE id = 1"), "a");
  db().Exec(
      "DROP TRIGGER watch ON users; CREATE VIEW bios AS SELECT bio FROM "
      "users");
  EXPECT_THAT(RefusalOf([&] { migrator_->Complete(); }), HasSubstr("bios"));
  EXPECT_EQ(app_->One("SELECT bio FROM profiles WHERE id = 1"), "a");
  db().Exec("DROP VIEW bios");
  migrator_->Complete();
  EXPECT_EQ(app_->One("SELECT bio FROM profiles WHERE id = 1"), "a");
}

// The client that comes to the view has the table already, and the contract
// wants it. The server would end the client's transaction.
TEST_P(SplitViewTest, TheContractGivesWayToATransaction) {
  app_->Query("BEGIN; UPDATE users SET name = 'A' WHERE id = 1");
  std::thread contract([&] { migrator_->Complete(); });
  WaitForALock(db().app());
  EXPECT_EQ(app_->ErrorOf("UPDATE profiles SET bio = 'b' WHERE id = 1"), "");
  EXPECT_EQ(app_->ErrorOf("COMMIT"), "");
  contract.join();
  EXPECT_TRUE(migrator_->Status()->is_complete());
  EXPECT_EQ(app_->One("SELECT name || bio FROM users JOIN profiles USING (id) "
                      "WHERE id = 1"),
            "Ab");
}

// Its snapshot has none of the rows of the table that takes the view's place.
TEST_P(SplitViewTest, TheContractWaitsForAnOlderSnapshot) {
  const auto reader = NewVersion();
  const auto writer = NewVersion();
  reader->Query("BEGIN ISOLATION LEVEL REPEATABLE READ");
  reader->Query("SELECT 1");
  migrator_->Rollback();
  migrator_->Start(manifest::Parse(
      "access: versioned\noperations:\n  - split_table: {table: users, to: "
      "{table: profiles, columns: [bio, n]}}\n",
      "01_split.yaml"));
  EXPECT_THAT(
      ThrownBy([&] { migrator_->Complete(false, "a test of it"); }).what(),
      HasSubstr("is older than the copy"));
  reader->Query("COMMIT");
  migrator_->Complete();
  EXPECT_EQ(db().app().One("SELECT count(*) FROM profiles"), "2");
  EXPECT_EQ(db().app().One("SELECT obj_description('profiles'::regclass) IS "
                           "NULL"),
            "t");
}

SEGUE_INSTANTIATE_ON(SplitViewTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
