// The gate of a contract: each item that fails alone, with its message, and a
// plain database that passes all of them.
#include "segue/gate.h"

#include <gmock/gmock.h>

#include "ledger/ledger.h"
#include "segue/instances.h"
#include "segue/versions.h"
#include "tests/conformance/gate_fixture.h"
#include "tests/support/postgres_server.h"

namespace segue::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_P(GateTest, APlainDatabaseCompletesAndTheHistorySaysWhatWasNotWatched) {
  Start();
  for (const GateItem& item : Ask("01_t").items) {
    EXPECT_FALSE(item.refuses()) << item.name << ": " << item.Text();
    EXPECT_NE(item.state, GateState::kUnknown) << item.name;
  }
  EXPECT_THAT(States(), Contains("instances not watched"));
  EXPECT_THAT(States(), Contains("sessions not watched"));
  EXPECT_THAT(States(), Contains("rows pass"));
  const std::string verdict = Verdict();
  EXPECT_THAT(verdict, HasSubstr("not watched: instances, sessions"));
  EXPECT_THAT(verdict, HasSubstr("pass: objects, defaults, dependents"));
}

// Today's defect of the contract: an instance that lives on the old version.
TEST_P(GateTest, ALiveInstanceOfTheOldVersionPreventsIt) {
  Start();
  Instances instances(*database_);
  instances.Register("app-1", "base");
  instances.Register("app-2", "01_t");
  EXPECT_EQ(
      Alone("instances"),
      "instances run another version than 01_t: 'app-1' runs base (host " +
          engine::HostName() + ", seen 0 s ago)");
  EXPECT_EQ(hint_,
            "let them run the new version, or take those that are gone out "
            "with 'segue instance remove', or run 'segue complete --force "
            "--reason TEXT'; nothing was contracted");
  instances.Register("app-1", "01_t");
  EXPECT_THAT(Verdict(), HasSubstr("pass: objects, defaults, dependents, "
                                   "instances"));
}

TEST_P(GateTest, AnInstanceThatHasGoneSilentDoesNot) {
  Start();
  Instances(*database_).Register("app-1", "base");
  db().Exec("UPDATE " + can().ledger_prefix + "instance SET expires = 1");
  EXPECT_THAT(States(), Contains("instances pass"));
  ExpectCompletes();
}

TEST_P(GateTest, AReasonForcesItAndIsKept) {
  Start();
  Instances(*database_).Register("app-1", "base");
  EXPECT_THAT(Verdict("it is switched off"), HasSubstr("forced: instances"));
  std::string forced;
  for (const HistoryEntry& one : MigratorNow().History()) {
    if (one.kind == EventKind::kForced) forced += one.message + "\n";
  }
  EXPECT_EQ(AtOnce(forced),
            "it is switched off (instances run another version than 01_t: "
            "'app-1' runs base (host " +
                engine::HostName() + ", seen 0 s ago))\n");
}

// An earlier segue took any name for a version.
TEST_P(GateTest, AnInstanceOfNoVersionIsUnknownUnlessAccepted) {
  Start();
  Instances(*database_)
      .Register("app-1", "7", std::chrono::seconds(60),
                VersionNames::kKnownOrNumber);
  EXPECT_THAT(States(), Contains("instances unknown"));
  EXPECT_EQ(Alone("instances"),
            "instances run what is no version of this schema: 'app-1' runs 7 "
            "(host " +
                engine::HostName() + ", seen 0 s ago)");
  EXPECT_THAT(hint_, HasSubstr("or run 'segue complete --accept-unknown "
                               "instances'; nothing was contracted"));
  EXPECT_EQ(KindOf([&] { MigratorNow().Complete(false, "a reason"); }),
            ErrorKind::kRefused);
  options_.accept_unknown = {"instances"};
  EXPECT_THAT(Verdict(), HasSubstr("unknown and accepted: instances"));
}

TEST_P(GateTest, RowsThatDisagreePreventIt) {
  Start();
  db().ExecUnseen("UPDATE users SET full_name = 'x' WHERE id = 2");
  EXPECT_EQ(Alone("rows"), "old and new disagree in users: id=2");
  EXPECT_EQ(KindOf([&] { MigratorNow().Complete(false, "a reason"); }),
            ErrorKind::kMismatch);
}

TEST_P(GateTest, NamesThatItDoesNotKnowAreRefused) {
  EXPECT_EQ(KindOf([&] { Ask(); }), ErrorKind::kNotFound);
  Start();
  EXPECT_EQ(KindOf([&] { Ask("02_u"); }), ErrorKind::kRefused);
  EXPECT_EQ(message_, "migration '01_t' is active, and not '02_u'");
  options_.accept_unknown = {"superusers"};
  EXPECT_EQ(KindOf([&] { Ask(); }), ErrorKind::kUsage);
  EXPECT_EQ(message_,
            "the gate has no item 'superusers'; did you mean 'superuser'?");
  EXPECT_EQ(KindOf([&] { MigratorNow().Complete(); }), ErrorKind::kUsage);
}

SEGUE_INSTANTIATE(GateTest);

// It said so once, and is still there although its time to live is over.
TEST_P(ServerGateTest, ASessionThatSaidItIsOldPreventsIt) {
  Start();
  auto app = As("gate_app");
  app->Query("SELECT segue.hello('app-1', 'base')");
  db().Exec("UPDATE segue.instance_session SET expires = 1");
  EXPECT_EQ(
      Alone("sessions"),
      "sessions are of another version: " + Who(*app) +
          " said that it is of instance 'app-1', which runs base, since " +
          Since(*app, "backend_start"));
  EXPECT_THAT(hint_, HasSubstr("let these sessions end"));
  app->Query("SELECT segue.hello('app-1', '01_t')");
  EXPECT_THAT(States(), Contains("sessions pass"));
  app->Query("SELECT segue.hello('app-1', 'base')");
  db().Exec("UPDATE segue.instance_session SET expires = 1");
  End(std::move(app));
  ExpectCompletes();
}

TEST_P(ServerGateTest, AnInstanceThatHasCalledHelloCountsAsLive) {
  Start();
  auto app = As("gate_app");
  app->Query("SELECT segue.hello('app-1', 'base')");
  End(std::move(app));
  EXPECT_EQ(KindOf([&] { MigratorNow().Complete(); }), ErrorKind::kRefused);
  EXPECT_THAT(message_,
              HasSubstr("instances run another version than 01_t: 'app-1' runs "
                        "base (host "));
  EXPECT_THAT(message_, HasSubstr(", role gate_app, seen "));
}

TEST_P(ServerGateTest, ASessionOfARoleOfTheOldVersionPreventsIt) {
  Start(kRename, "01_t.yaml", Access::kVersioned);
  ExpectCompletes();
  Versions(*database_, options_).MakeRole("gate_old", "latest", "gate_app");
  Start(
      "operations: [{rename_column: {table: users, from: full_name, to: "
      "whole}}]",
      "02_u.yaml", Access::kVersioned);
  auto old = As("gate_old");
  EXPECT_EQ(Alone("sessions"), "sessions are of another version: " + Who(*old) +
                                   " has a role of another version, since " +
                                   Since(*old, "backend_start"));
}

TEST_P(ServerGateTest, ALockOnAViewOfTheOldVersionPreventsIt) {
  StartSecondVersion();
  EXPECT_THAT(States(), Contains("sessions pass"));
  const auto old = db().NewClient();
  old->Query("BEGIN");
  old->Query("SELECT full_name FROM public_01_t.users");
  EXPECT_EQ(Alone("sessions"),
            "sessions are of another version: " + Who(*old) +
                " holds a lock on version public_01_t, since " +
                Since(*old, "xact_start"));
  old->Query("COMMIT");
  ExpectCompletes();
}

TEST_P(ServerGateTest, AnApplicationThatIsASuperuserIsUnknown) {
  StartSecondVersion();
  db().Exec("SELECT segue.hello('app-1', '02_u')");
  EXPECT_THAT(States(), Contains("superuser unknown"));
  EXPECT_EQ(Alone("superuser"),
            "superusers reach the old version also when it is shut, so it "
            "cannot be told whether they still use it: " +
                Who(db().app()) + " of instance 'app-1'");
  options_.accept_unknown = {"superuser"};
  EXPECT_THAT(Verdict(), HasSubstr("unknown and accepted: superuser"));
}

// Its rows have no value of the new column, which the contract would let it
// read all the same.
TEST_P(ServerGateTest, ATransactionThatReadsOlderRowsPreventsIt) {
  const auto old = db().NewClient();
  old->Query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
  Start();
  EXPECT_EQ(Alone("transactions"),
            "transactions still read rows as they were before the new version "
            "was ready: " +
                Who(*old) + ", since " +
                Seen(*old,
                     "to_char(xact_start AT TIME ZONE 'UTC', "
                     "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"));
  old->Query("COMMIT");
  ExpectCompletes();
}

TEST_P(ServerGateTest, ATransactionThatReadsRowsAsTheyAreDoesNot) {
  db().Exec("CREATE TABLE other (id integer)");
  const auto old = db().NewClient();
  old->Query("BEGIN; INSERT INTO other VALUES (1); SELECT * FROM other");
  Start();
  EXPECT_THAT(States(), Contains("transactions pass"));
  ExpectCompletes();
  EXPECT_EQ(*old->One("SELECT full_name FROM users WHERE id = 1"), "Ada");
  old->Query("COMMIT");
}

// Nobody has given it the right to see them.
TEST_P(ServerGateTest, WhoMayNotSeeTransactionsDoesNotWatchThem) {
  CreateRole(db(), "gate_runner");
  db().Exec("GRANT CREATE ON DATABASE " + name_ +
            " TO gate_runner; GRANT ALL ON SCHEMA public TO gate_runner; ALTER "
            "TABLE users OWNER TO gate_runner");
  database_.emplace(Database::Open(
      {PostgresServer::Shared().Url(name_, "gate_runner"), "", ""}));
  Start();
  EXPECT_THAT(States(), Contains("transactions not watched"));
  ExpectCompletes();
  database_.reset();
  db().Exec("DROP OWNED BY gate_runner CASCADE; DROP ROLE gate_runner");
}

TEST_P(ServerGateTest, AnObjectThatIsTurnedOffPreventsIt) {
  Start();
  db().Exec("ALTER TABLE users DISABLE TRIGGER ALL");
  EXPECT_THAT(Alone("objects"),
              HasSubstr("somebody else has changed what migration '01_t' has "
                        "made: trigger "));
  db().Exec("ALTER TABLE users ENABLE TRIGGER ALL");
  ExpectCompletes();
}

TEST_P(ServerGateTest, ADefaultThatWasSetMeanwhilePreventsIt) {
  db().Exec("ALTER TABLE users ADD age integer DEFAULT 4");
  Start("operations: [{rename_column: {table: users, from: age, to: years}}]");
  db().Exec("ALTER TABLE users ALTER age SET DEFAULT 5");
  db().Exec("ALTER TABLE users ALTER age SET DEFAULT 4");
  EXPECT_EQ(Alone("defaults"),
            "rows may have a default in place of the value that was written: "
            "the default of column 'years' or 'age' of 'users' was set since "
            "the start, at last to what it was");
}

TEST_P(ServerGateTest, WhatHangsOnTheColumnAndCannotFollowPreventsIt) {
  Start(
      "operations: [{alter_column: {table: users, column: name, type: "
      "varchar(40), up: name, down: name}}]");
  db().Exec("CREATE INDEX extra ON users (name)");
  EXPECT_THAT(States(), Contains("dependents pass"));
  db().Exec("CREATE MATERIALIZED VIEW kept AS SELECT name FROM users");
  EXPECT_THAT(Alone("dependents"),
              HasSubstr("the contract would lose what others have changed "
                        "since the start: "));
  db().Exec("DROP MATERIALIZED VIEW kept");
  ExpectCompletes();
}

TEST_P(ServerGateTest, APrivilegeThatPeopleDecideAboutPreventsIt) {
  Start();
  db().Exec("GRANT UPDATE (full_name) ON users TO public");
  EXPECT_THAT(
      Alone("privileges"),
      HasSubstr("privileges or defaults have changed since the start: "));
  db().Exec("REVOKE UPDATE (full_name) ON users FROM public");
  ExpectCompletes();
}

// Nobody can say what is read there, and the password is nobody's business.
TEST_P(ServerGateTest, AStandbyThatDoesNotAnswerIsUnknownByItsName) {
  Start();
  options_.standbys = {"postgres://app:secret@127.0.0.1:1/shop", db().Url()};
  const std::string text = Alone("standby_queries");
  EXPECT_THAT(text, HasSubstr("it cannot be told whether long queries read "
                              "what changes: standby "
                              "postgres://app:***@127.0.0.1:1/shop cannot be "
                              "asked: "));
  EXPECT_THAT(text, HasSubstr("that server is no standby, it takes writes "
                              "itself"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("secret")));
  options_.accept_unknown = {"standby_queries"};
  EXPECT_THAT(Verdict(), HasSubstr("unknown and accepted: standby_queries"));
}

SEGUE_INSTANTIATE_ON(ServerGateTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
