// Databases that were left in the middle of a migration by a segue which stored
// plans of format 1: this one goes on with them, or back, and comes to what an
// undisturbed run of its own comes to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/process.h"
#include "tests/upgrades/fixture.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Format1Test : public ::testing::TestWithParam<Fixture> {
 protected:
  void SetUp() override {
    SEGUE_SKIP_UNLESS_INSTALLED(fixture().testbed);
    left_ = fixture().Restore();
  }

  const Fixture& fixture() { return GetParam(); }
  TestDatabase& left() { return *left_; }
  TestDatabase& undisturbed() { return *undisturbed_; }

  void StartUndisturbed() {
    undisturbed_ = fixture().Before();
    Database database = undisturbed_->Open();
    MigratorOptions options;
    options.access = fixture().access();
    const Outcome outcome = Migrator(database, options).Start(fixture().Load());
    ASSERT_EQ(outcome.status.sub_state, SubState::kReady);
    undisturbed_->NewClient()->Query(fixture().Writes());
  }

  void ExpectAsUndisturbed() {
    EXPECT_EQ(Catalogue(left()), Catalogue(undisturbed()));
    EXPECT_THAT(left().Dump(), Not(HasSubstr("_segue")));
    EXPECT_THAT(left().Dump(), Not(HasSubstr("~segue")));
    EXPECT_EQ(left().Data(), undisturbed_->Data());
    EXPECT_EQ(left().OwnNames(),
              Without("left_out\n", undisturbed_->OwnNames()));
  }

  void ExpectRefused(const std::function<void(Migrator&)>& work,
                     const std::string& why) {
    Database database = left().Open();
    Migrator migrator(database, {});
    try {
      work(migrator);
      ADD_FAILURE() << "not refused";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kRefused) << error.what();
      EXPECT_THAT(error.what(), HasSubstr(why));
    }
  }

  // SQLite puts the name of a table that it renames, there and back, in quotes.
  std::string Catalogue(TestDatabase& database) {
    std::string text = database.Dump();
    const std::string quoted = "TABLE \"teams\"";
    const std::size_t at = text.find(quoted);
    if (at != std::string::npos) text.replace(at, quoted.size(), "TABLE teams");
    return AsPublishedBefore(std::move(text));
  }

  static std::string Without(const std::string& part, std::string text) {
    const std::size_t at = text.find(part);
    return at == std::string::npos ? text : text.erase(at, part.size());
  }

  // The views that were published before have no defaults of their own, do not
  // ask for a value that an INSERT leaves out, and do not count their use.
  static std::string AsPublishedBefore(std::string text) {
    for (const char* counts :
         {"--\n-- Name: segue_seen; Type: TABLE; Schema: public_01_versioned; "
          "Owner: postgres\n--\n\nCREATE TABLE public_01_versioned.segue_seen "
          "(\n    CONSTRAINT segue_seen_check CHECK (false)\n)\nWITH "
          "(parallel_workers='0');\n\n\nALTER TABLE "
          "public_01_versioned.segue_seen OWNER TO postgres;\n\n",
          "\n  WHERE (NOT (EXISTS ( SELECT\n           FROM "
          "public_01_versioned.segue_seen)))\n  WITH LOCAL CHECK OPTION",
          "--\n-- Name: TABLE segue_seen; Type: ACL; Schema: "
          "public_01_versioned; Owner: postgres\n--\n\nGRANT SELECT ON TABLE "
          "public_01_versioned.segue_seen TO PUBLIC;\n\n\n"}) {
      text = Without(counts, std::move(text));
    }
    text = Without(
        "  SELECT RAISE(ABORT, 'NOT NULL constraint failed: users.age') WHERE "
        "NEW.\"age\" IS NULL;\n",
        std::move(text));
    return Without(
        "--\n-- Name: users age; Type: DEFAULT; Schema: public_01_versioned; "
        "Owner: postgres\n--\n\nALTER TABLE ONLY public_01_versioned.users "
        "ALTER "
        "COLUMN age SET DEFAULT (segue.left_out('users'::text, "
        "'age'::text))::bigint;\n\n\n",
        std::move(text));
  }

  // What the writes come to under `up` and `down`, in words of our own.
  void ExpectRows(const std::map<std::string,
                                 std::pair<const char*, const char*>>& wanted) {
    const auto found = wanted.find(fixture().migration());
    ASSERT_NE(found, wanted.end()) << fixture().migration();
    EXPECT_EQ(ToLines(left().Query(found->second.first)), found->second.second);
  }

 private:
  std::unique_ptr<TestDatabase> left_;
  std::unique_ptr<TestDatabase> undisturbed_;
};

class Format1ForwardTest : public Format1Test {};
class Format1BackTest : public Format1Test {};
class Format1OnlyForwardTest : public Format1Test {};
class Format1OnlyBackTest : public Format1Test {};

TEST_P(Format1ForwardTest, GoesOnToItsEnd) {
  Database database = left().Open();
  Migrator migrator(database, {});
  if (fixture().state() == "backfill") {
    const Outcome resumed = migrator.Resume();
    EXPECT_EQ(resumed.status.sub_state, SubState::kReady);
  }
  if (fixture().state() == "ready" || fixture().state() == "backfill") {
    EXPECT_TRUE(migrator.Verify({}).clean());
  }
  const Outcome done = migrator.Complete();
  EXPECT_EQ(done.status.phase, Phase::kComplete);
  EXPECT_EQ(done.status.progress_pct, 100);
  ASSERT_NO_FATAL_FAILURE(StartUndisturbed());
  Database other = undisturbed().Open();
  Migrator(other, {}).Complete();
  ExpectAsUndisturbed();
  ExpectRows({
      {"rename",
       {"SELECT id, full_name FROM users WHERE id IN (3, 4, 8) OR id > 100000 "
        "ORDER BY id",
        "3|as old\n4|as new\n100001|old\n100002|new\n100003|other\n"}},
      {"retype",
       {"SELECT id, age FROM users WHERE id IN (6, 7, 8, 100001) ORDER BY id",
        "6|60\n7|770\n100001|410\n"}},
      {"mark",
       {"SELECT id, age FROM users WHERE id > 19 ORDER BY id",
        "20|20\n100001|41\n100002|42\n"}},
      {"versioned",
       {"SELECT id, full_name, age FROM users WHERE id IN (7, 8, 100001) ORDER "
        "BY id",
        "7|user 7|770\n100001|old|410\n"}},
      {"add",
       {"SELECT id, initials FROM users WHERE id IN (3, 4, 8) OR id > 100000 "
        "ORDER BY id",
        "3|U\n4|Y\n100001|O\n100002|X\n"}},
      {"unique",
       {"SELECT id, age FROM users WHERE id IN (6, 7, 8, 100001) ORDER BY id",
        "6|6000006\n7|77000007\n100001|41100001\n"}},
      {"table",
       {"SELECT name FROM squads ORDER BY id",
        "green\nblue\nby the old name\nby the new name\n"}},
      {"replace",
       {"SELECT id, full_name FROM users WHERE id IN (2, 3, 4) OR id > 100000 "
        "ORDER BY id",
        "2|user 2\n3|as old\n4|as new\n100001|old\n100002|new\n"}},
      {"two", {"SELECT heading FROM posts ORDER BY id", "as old\nNULL\nnew\n"}},
  });
}

TEST_P(Format1BackTest, GoesBackToItsBeginning) {
  Database database = left().Open();
  Migrator migrator(database, {});
  EXPECT_EQ(migrator.Rollback().status.phase, Phase::kRolledBack);
  ASSERT_NO_FATAL_FAILURE(StartUndisturbed());
  if (fixture().state() == "settled") {
    // Where an application gave both, the old side says what the new one does.
    undisturbed().Exec("UPDATE users SET name = 'other' WHERE id = 100003");
  }
  Database other = undisturbed().Open();
  Migrator(other, {}).Rollback();
  ExpectAsUndisturbed();
  EXPECT_EQ(Catalogue(left()), Catalogue(*fixture().Before()));
}

TEST_P(Format1OnlyForwardTest, IsNotRolledBack) {
  const std::string before = left().Dump() + left().Data();
  ExpectRefused([](Migrator& migrator) { migrator.Rollback(); },
                "there is only forward");
  EXPECT_EQ(left().Dump() + left().Data(), before);
}

TEST_P(Format1OnlyBackTest, IsNotCompleted) {
  const std::string before = left().Dump() + left().Data();
  ExpectRefused([](Migrator& migrator) { migrator.Complete(); },
                "is rolling back");
  EXPECT_EQ(left().Dump() + left().Data(), before);
}

std::string FixtureName(const ::testing::TestParamInfo<Fixture>& info) {
  return info.param.testbed.name + "_" + info.param.name;
}

std::vector<Fixture> Those(bool (*wanted)(const Fixture&)) {
  std::vector<Fixture> some;
  for (const Fixture& fixture : Fixtures()) {
    if (wanted(fixture)) some.push_back(fixture);
  }
  return some;
}

INSTANTIATE_TEST_SUITE_P(All, Format1ForwardTest,
                         ::testing::ValuesIn(Those([](const Fixture& fixture) {
                           return !fixture.half_undone();
                         })),
                         FixtureName);
INSTANTIATE_TEST_SUITE_P(All, Format1BackTest,
                         ::testing::ValuesIn(Those([](const Fixture& fixture) {
                           return !fixture.dropped();
                         })),
                         FixtureName);
INSTANTIATE_TEST_SUITE_P(All, Format1OnlyForwardTest,
                         ::testing::ValuesIn(Those([](const Fixture& fixture) {
                           return fixture.dropped();
                         })),
                         FixtureName);
INSTANTIATE_TEST_SUITE_P(All, Format1OnlyBackTest,
                         ::testing::ValuesIn(Those([](const Fixture& fixture) {
                           return fixture.half_undone();
                         })),
                         FixtureName);

// A plan that a segue of the future wrote.
class NewerFormatTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    left_ = Fixture{GetParam(), "rename_ready"}.Restore();
    left_->Exec("UPDATE " + dialect().capabilities().ledger_prefix +
                "migration SET plan = replace(plan, '\"format\":1,', "
                "'\"format\":99,')");
  }

  TestDatabase& left() { return *left_; }

 private:
  std::unique_ptr<TestDatabase> left_;
};

TEST_P(NewerFormatTest, IsRefusedByEveryCommandAndLeftAlone) {
  const std::string before = left().Dump() + left().Data();
  for (const char* command :
       {"status", "complete", "rollback", "resume", "verify"}) {
    SCOPED_TRACE(command);
    std::vector<std::string> words = {command, "--url", left().Url()};
    const std::string name = command;
    if (name == "complete" || name == "rollback") words.emplace_back("--yes");
    const Finished refused = RunSegue(words);
    EXPECT_EQ(refused.exit_code, 3);
    EXPECT_EQ(refused.out, "");
    EXPECT_THAT(refused.err,
                HasSubstr("the plan of migration '01_rename' was written by a "
                          "newer segue (format 99; this one reads up to "));
    EXPECT_THAT(refused.err, HasSubstr("hint: use that version or a newer one; "
                                       "nothing was changed"));
  }
  EXPECT_EQ(left().Dump() + left().Data(), before);
}

SEGUE_INSTANTIATE(NewerFormatTest);

}  // namespace
}  // namespace segue::test
