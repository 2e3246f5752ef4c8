// What the clients of a version meet once the version is gone.
#include <gmock/gmock.h>

#include "manifest/manifest.h"
#include "segue/instances.h"
#include "segue/migrator.h"
#include "segue/versions.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class VersionLifeTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    db().Exec(
        "CREATE TYPE mood AS ENUM ('good', 'bad');"
        "CREATE DOMAIN amount AS integer CHECK (VALUE > 0);"
        "CREATE TABLE users(id serial PRIMARY KEY, name text NOT NULL, is_in "
        "mood, owes amount);"
        "INSERT INTO users(name, is_in) VALUES ('Alice', 'good')");
    database_.emplace(db().Open());
    MigratorOptions options;
    options.access = Access::kVersioned;
    migrator_.emplace(*database_, options);
    versions_.emplace(*database_, options);
  }
  void TearDown() override {
    versions_.reset();
    migrator_.reset();
    database_.reset();
    DialectTest::TearDown();
  }

  void Start(const std::string& file, const std::string& operation) {
    migrator_->Start(
        manifest::Parse("operations: [" + operation + "]", file + ".yaml"));
  }
  void Reach(const std::string& file, const std::string& from,
             const std::string& to) {
    Start(file, "{rename_column: {table: users, from: " + from + ", to: " + to +
                    "}}");
    migrator_->Complete();
  }
  std::unique_ptr<Client> On(const std::string& version) {
    return OpenPostgresClient(Versions(*database_, {}).UrlFor(version));
  }
  // The client is one of a superuser that owns the table. The version shows a
  // text and a mood as these columns.
  static void ExpectRefused(Client& client, const std::string& text,
                            const std::string& name, const std::string& mood) {
    for (const std::string& sql :
         {std::string("SELECT * FROM users"),
          "SELECT " + name + " FROM users WHERE id = 1",
          "SELECT count(*) FROM users WHERE " + mood + " = 'good'",
          "INSERT INTO users(" + name + ") VALUES ('Bob')",
          "UPDATE users SET " + name + " = 'Bob'",
          std::string("DELETE FROM users")}) {
      EXPECT_THAT(client.ErrorOf(sql), HasSubstr(text)) << sql;
    }
  }
  std::vector<std::string> Users() {
    const std::optional<VersionUse> use = versions_->Use();
    return use ? use->users : std::vector<std::string>();
  }
  std::vector<std::string> States() {
    std::vector<std::string> states;
    for (const VersionInfo& version : Versions(*database_, {}).List()) {
      states.push_back(version.name + " " + version.state +
                       (version.refuses ? " refuses" : ""));
    }
    return states;
  }
  std::string Schemas() {
    return ToLines(db().Query(
        "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'public\\_%' "
        "ORDER BY 1"));
  }

  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
  std::optional<Versions> versions_;
};

constexpr char kRename[] =
    "{rename_column: {table: users, from: name, to: full_name}}";
constexpr char kRetired[] =
    "version public_01_a is retired: its applications have to use a newer "
    "version, or schema public";
constexpr char kRolledBack[] =
    "version public_01_a was rolled back: its applications have to go back to "
    "the version before";

// The path of a client of 01 is "public_01_a, public", and the names of its
// version must not come to mean the tables.
TEST_P(VersionLifeTest, AClientOfARetiredVersionIsRefused) {
  Reach("01_a", "is_in", "feels");
  const auto superuser = On("01_a");
  db().Exec(
      "DROP ROLE IF EXISTS segue_user; CREATE ROLE segue_user LOGIN;"
      "GRANT SELECT, UPDATE ON users TO segue_user;"
      "GRANT SELECT ON public_01_a.users TO segue_user");
  Reach("02_b", "feels", "is_in");
  ExpectRefused(*superuser, kRetired, "name", "feels");
  superuser->Query("SET ROLE segue_user");
  EXPECT_THAT(superuser->ErrorOf("SELECT name FROM users"),
              HasSubstr(kRetired));
  EXPECT_THAT(States(), ElementsAre("01_a retired refuses", "02_b live"));

  // It is in nobody's way.
  db().Exec(
      "DROP SCHEMA public_02_b CASCADE; ALTER TABLE users DROP COLUMN owes, "
      "DROP COLUMN is_in; DROP TYPE mood; DROP DOMAIN amount; DROP TABLE "
      "users; DROP OWNED BY segue_user; DROP ROLE segue_user");
  superuser->Query("RESET ROLE");
  EXPECT_THAT(superuser->ErrorOf("SELECT * FROM users"), HasSubstr(kRetired));
}

TEST_P(VersionLifeTest, ForgetRemovesWhatARetiredVersionHasLeft) {
  Reach("01_a", "is_in", "feels");
  EXPECT_EQ(ThrownBy([&] { versions_->Forget("01_a"); }).kind(),
            ErrorKind::kNotFound);
  versions_->Retire("01_a");
  EXPECT_THAT(States(), ElementsAre("01_a retired refuses"));
  EXPECT_EQ(Schemas(), "public_01_a\n");
  const Error unknown = ThrownBy([&] { versions_->Forget("01_b"); });
  EXPECT_EQ(unknown.kind(), ErrorKind::kNotFound);
  EXPECT_EQ(unknown.hint(), "did you mean 01_a?");
  versions_->Forget("01_a");
  EXPECT_EQ(Schemas(), "");
  EXPECT_THAT(States(), ElementsAre());
}

TEST_P(VersionLifeTest, UnpublishLeavesNothing) {
  Reach("01_a", "is_in", "feels");
  versions_->Unpublish("public_01_a");
  EXPECT_EQ(Schemas(), "");
  EXPECT_THAT(States(), ElementsAre("01_a retired"));
}

// Whoever is seen to use it is named, and a reason goes on over them.
TEST_P(VersionLifeTest, AVersionInUseIsTakenAwayOnlyWithAReason) {
  db().Exec("DROP ROLE IF EXISTS segue_app");
  Reach("01_a", "is_in", "feels");
  Instances instances(*database_);
  instances.Register("web-1", "01_a", std::chrono::seconds(60));
  instances.Register("web-2", "public_01_a", std::chrono::seconds(60));
  instances.Register("web-3", "base", std::chrono::seconds(60));
  for (const bool leaves : {true, false}) {
    const std::string refusal = RefusalOf([&] {
      leaves ? versions_->Retire("01_a") : versions_->Unpublish("01_a");
    });
    EXPECT_THAT(refusal, HasSubstr("version public_01_a is in use: instance "
                                   "'web-1' ("));
    EXPECT_THAT(refusal, HasSubstr("instance 'web-2' ("));
    EXPECT_THAT(refusal, ::testing::Not(HasSubstr("web-3")));
  }
  EXPECT_THAT(States(), ElementsAre("01_a live"));
  instances.Remove("web-1");
  instances.Remove("web-2");

  Versions(*database_, {}).MakeRole("segue_app", "01_a", "pg_monitor");
  EXPECT_THAT(RefusalOf([&] { versions_->Retire("01_a"); }),
              ::testing::EndsWith("is in use: role 'segue_app'"));
  db().Exec("DROP OWNED BY segue_app; DROP ROLE segue_app");

  const auto client = On("01_a");
  const std::string pid = *client->One("SELECT pg_backend_pid()");
  client->Query("SET lock_timeout = '10s'; BEGIN; SELECT feels FROM users");
  EXPECT_THAT(RefusalOf([&] { versions_->Retire("01_a"); }),
              HasSubstr("is in use: session " + pid));
  client->Query("COMMIT; SELECT segue.hello('web-4', '01_a')");
  EXPECT_THAT(RefusalOf([&] { versions_->Retire("01_a"); }),
              HasSubstr("instance 'web-4' ("));

  versions_->Retire("01_a", "nobody needs it");
  EXPECT_THAT(States(), ElementsAre("01_a retired refuses"));
  std::string history;
  for (const HistoryEntry& entry : migrator_->History()) {
    if (entry.migration != "01_a") continue;
    history += std::string(ToString(entry.kind)) + " " + entry.message + "\n";
  }
  EXPECT_THAT(history, HasSubstr("FORCED nobody needs it (version "
                                 "public_01_a was in use: instance 'web-4'"));
  EXPECT_THAT(history, HasSubstr("Version public_01_a was retired"));
}

TEST_P(VersionLifeTest, WhatStillRefusesIsShownWithItsTime) {
  Reach("01_a", "is_in", "feels");
  EXPECT_THAT(migrator_->Status()->refusing, ElementsAre());
  Reach("02_b", "feels", "is_in");
  const VersionInfo retired = Versions(*database_, {}).List().front();
  EXPECT_TRUE(retired.refuses);
  EXPECT_GE(retired.retired_at, retired.published_at);
  EXPECT_THAT(
      migrator_->Status()->refusing,
      ElementsAre("version public_01_a refuses its applications since " +
                  retired.retired_at +
                  "; 'segue versions forget 01_a' removes what it has "
                  "left"));
  versions_->Forget("01_a");
  EXPECT_THAT(migrator_->Status()->refusing, ElementsAre());
}

TEST_P(VersionLifeTest, APlanNamesTheVersionsThatEndAtComplete) {
  Reach("01_a", "is_in", "feels");
  const Plan plan = migrator_->MakePlan(manifest::Parse(
      "operations: [" + std::string(kRename) + "]", "02_b.yaml"));
  std::string notes;
  for (const Step& step : plan.steps) {
    for (const std::string& note : step.notes) notes += note + "\n";
  }
  EXPECT_THAT(notes, HasSubstr("version 'public_01_a' ends at complete: its "
                               "applications are refused from then on, and "
                               "'public_02_b' stays"));
}

TEST_P(VersionLifeTest, WhatDependsOnAVersionKeepsItFromBeingRetired) {
  Reach("01_a", "is_in", "feels");
  db().Exec("CREATE VIEW report AS SELECT feels FROM public_01_a.users");
  EXPECT_EQ(ThrownBy([&] { versions_->Retire("01_a"); }).kind(),
            ErrorKind::kRefused);
  EXPECT_THAT(States(), ElementsAre("01_a live"));
  EXPECT_EQ(ToLines(db().Query("SELECT feels FROM report")), "good\n");
}

TEST_P(VersionLifeTest, ARollbackOfAVersionThatNobodyUsesLeavesNothing) {
  const std::string before = db().Dump();
  Start("01_a", kRename);
  EXPECT_THAT(Users(), ElementsAre());
  const Outcome outcome = migrator_->Rollback();
  EXPECT_THAT(outcome.notes, ElementsAre());
  EXPECT_EQ(db().Dump(), before);
  EXPECT_EQ(Schemas(), "");
}

TEST_P(VersionLifeTest, ARollbackNamesTheSessionsAndGoesOnRefusingThem) {
  const std::string before = db().Dump();
  Start("01_a", kRename);
  const auto client = On("01_a");
  const std::string pid = *client->One("SELECT pg_backend_pid()");
  client->Query("SET lock_timeout = '10s'; BEGIN; SELECT full_name FROM users");
  EXPECT_THAT(Users(),
              ElementsAre(HasSubstr("session " + pid + " (user postgres")));
  MigratorOptions options;
  options.access = Access::kVersioned;
  options.lock_budget = std::chrono::milliseconds(200);
  options.kill_blockers_after = std::chrono::milliseconds(300);
  options.kill_reason = "the new version is broken";
  Migrator migrator(*database_, options);
  const Outcome outcome = migrator.Rollback();
  EXPECT_THAT(outcome.notes,
              ElementsAre(HasSubstr("version public_01_a was in use, and "
                                    "refuses from now on: session " +
                                    pid),
                          "version public_01_a goes on refusing its "
                          "applications, until 'segue versions forget 01_a'"));
  std::string history;
  for (const HistoryEntry& entry : outcome.history) history += entry.message;
  EXPECT_THAT(history, HasSubstr("Version public_01_a was in use: session"));
  EXPECT_THAT(history, HasSubstr("Ending session " + pid));
  EXPECT_EQ(Schemas(), "public_01_a\n");
  EXPECT_THAT(States(), ElementsAre("01_a retired refuses"));

  // The next try takes the place over.
  Start("01_a", kRename);
  EXPECT_EQ(ToLines(On("01_a")->Query("SELECT full_name FROM users")),
            "Alice\n");
  EXPECT_THAT(States(), ElementsAre("01_a live"));
  migrator_->Rollback();
  EXPECT_EQ(Schemas(), "");
  EXPECT_EQ(db().Dump(), before);
}

TEST_P(VersionLifeTest, ARollbackGoesOnRefusingInstancesAndRoles) {
  db().Exec("DROP ROLE IF EXISTS segue_app");
  Start("01_a", kRename);
  Instances(*database_).Register("web-1", "01_a", std::chrono::seconds(60));
  Versions(*database_, {}).MakeRole("segue_app", "01_a", "pg_monitor");
  const auto client = On("01_a");
  EXPECT_THAT(Users(),
              ElementsAre(HasSubstr("instance 'web-1' ("), "role 'segue_app'"));
  const Outcome outcome = migrator_->Rollback();
  EXPECT_THAT(outcome.notes,
              ElementsAre(HasSubstr("in use"), HasSubstr("goes on refusing"),
                          HasSubstr("role 'segue_app' is of version "
                                    "public_01_a, which refuses it now")));
  ExpectRefused(*client, kRolledBack, "full_name", "is_in");
  versions_->Forget("01_a");
  db().Exec("DROP OWNED BY segue_app; DROP ROLE segue_app");
}

SEGUE_INSTANTIATE_ON(VersionLifeTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
