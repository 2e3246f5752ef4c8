// Roles whose writes fire the triggers, and privileges that are given and taken
// while both versions are live.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "ledger/lease.h"
#include "manifest/manifest.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "segue/versions.h"
#include "tests/support/roles.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class GrantsTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    for (const char* role : {"grants_app", "grants_ro"}) CreateRole(db(), role);
    db().Exec(
        "CREATE TABLE cat(id integer PRIMARY KEY, label text, hidden text);"
        "INSERT INTO cat VALUES (1, 'one', 'x');"
        "CREATE TABLE u(id integer PRIMARY KEY, cid integer, a integer);"
        "INSERT INTO u SELECT g, 1, g FROM generate_series(1, 20) g");
    Open(Access::kInPlace);
  }
  void TearDown() override {
    if (IsSkipped()) return;
    migrator_.reset();
    database_.reset();
    db().Exec("DROP OWNED BY grants_app, grants_ro");
  }

  void Open(Access access) {
    file_ = access == Access::kVersioned ? "01_a.yaml" : "00_a.yaml";
    migrator_.reset();
    database_.emplace(db().Open());
    MigratorOptions options;
    options.access = access;
    migrator_.emplace(*database_, options);
  }
  // A migration of another access is another one.
  Migration Parsed(const std::string& operation) {
    return manifest::Parse("operations: [" + operation + "]", file_);
  }
  void Start(const std::string& operation) {
    migrator_->Start(Parsed(operation));
    EXPECT_THAT(Unfollowed(), IsEmpty());
  }
  std::string Refusal(const std::string& operation) {
    const Error error = ThrownBy([&] { migrator_->Start(Parsed(operation)); });
    EXPECT_EQ(error.kind(), ErrorKind::kRefused) << error.what();
    return error.what();
  }
  std::vector<std::string> Unfollowed() { return migrator_->Status()->grants; }

  // What the role reads or changes, through the version if there is one; the
  // message of the database where it may not.
  std::string As(const std::string& role, const std::string& sql,
                 const std::string& version = "") {
    const std::unique_ptr<Client> client =
        version.empty() ? db().NewClient() : db().NewVersionClient(version);
    try {
      client->Query("SET ROLE " + role);
      return ToLines(client->Query(sql));
    } catch (const ClientError& error) {
      return error.what();
    }
  }

  std::string file_;
  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
};

constexpr const char* kReadsCat =
    "{add_column: {table: u, column: {name: label, type: text, nullable: true},"
    " up: '(select label from cat where cat.id = cid)'}}";

// The case is up_needs_rights_of_writers.
TEST_P(GrantsTest, WhoeverWritesNeedsWhatTheExpressionReads) {
  for (const Access access : {Access::kInPlace, Access::kVersioned}) {
    Open(access);
    const std::string before = db().Dump();
    db().Exec(
        "GRANT ALL ON u TO grants_app; GRANT USAGE ON SCHEMA public TO "
        "grants_app");
    EXPECT_THAT(Refusal(kReadsCat),
                AllOf(HasSubstr("role grants_app may write table public.u"),
                      HasSubstr("GRANT SELECT (id, label) ON public.cat TO "
                                "grants_app")));
    // The whole table is more than is needed.
    db().Exec("GRANT SELECT (id, label) ON cat TO grants_app");
    Start(kReadsCat);
    EXPECT_EQ(As("grants_app", "INSERT INTO u(id, cid) VALUES (100, 1)"), "");
    EXPECT_EQ(As("grants_app", "UPDATE u SET cid = 1 WHERE id = 1"), "");
    EXPECT_EQ(As("grants_app", "SELECT label FROM u WHERE id = 100",
                 access == Access::kVersioned ? "latest" : ""),
              "one\n");
    migrator_->Rollback();
    db().Exec("DELETE FROM u WHERE id = 100; DROP OWNED BY grants_app");
    EXPECT_EQ(db().Dump(), before);
  }
}

TEST_P(GrantsTest, APrivilegeOnOneColumnAndThatOfEverybodyCount) {
  db().Exec("GRANT UPDATE (cid) ON u TO grants_app");
  EXPECT_THAT(Refusal(kReadsCat), HasSubstr("role grants_app may write"));
  db().Exec(
      "REVOKE ALL (cid) ON u FROM grants_app; GRANT INSERT ON u TO PUBLIC");
  EXPECT_THAT(Refusal(kReadsCat),
              AllOf(HasSubstr("PUBLIC may write table public.u"),
                    HasSubstr("GRANT SELECT (id, label) ON public.cat TO "
                              "PUBLIC")));
  db().Exec("REVOKE ALL ON u FROM PUBLIC; GRANT SELECT ON u TO grants_app");
  Start(kReadsCat);
}

// The view looks into its table as its owner, triggers run as who writes.
TEST_P(GrantsTest, WhoeverWritesThroughAViewCounts) {
  db().Exec(
      "CREATE VIEW vu AS SELECT id, cid FROM u; CREATE VIEW vvu AS SELECT * "
      "FROM vu; CREATE VIEW sums AS SELECT count(*) FROM u;"
      "GRANT SELECT, INSERT ON sums TO grants_app");
  migrator_->MakePlan(Parsed(kReadsCat));
  db().Exec("GRANT INSERT ON vvu TO grants_app");
  EXPECT_THAT(Refusal(kReadsCat),
              AllOf(HasSubstr("role grants_app may write"),
                    HasSubstr("GRANT SELECT (id, label) ON public.cat TO "
                              "grants_app")));
}

TEST_P(GrantsTest, FunctionsSequencesAndViewsAreLookedInto) {
  SEGUE_SKIP_BEFORE(15);  // security_invoker
  db().Exec(
      "GRANT INSERT ON u TO grants_app; CREATE SEQUENCE s;"
      "CREATE FUNCTION f(integer) RETURNS text IMMUTABLE LANGUAGE sql AS "
      "'SELECT $1::text'; REVOKE EXECUTE ON FUNCTION f FROM PUBLIC;"
      "CREATE VIEW owned AS SELECT id, f(id) AS x FROM cat;"
      "CREATE VIEW invoked WITH (security_invoker = true) AS SELECT id, hidden "
      "FROM cat; GRANT SELECT ON owned, invoked TO grants_app");
  const auto refusal = [&](const std::string& up) {
    return Refusal(
        "{add_column: {table: u, column: {name: label, type: text, nullable: "
        "true}, up: \"" +
        up + "\"}}");
  };
  const std::string function =
      "GRANT EXECUTE ON FUNCTION public.f(pg_catalog.int4) TO grants_app";
  EXPECT_THAT(refusal("f(cid)"), HasSubstr(function));
  EXPECT_THAT(refusal("cid::text || nextval('s')"),
              HasSubstr("GRANT USAGE ON SEQUENCE public.s TO grants_app"));
  EXPECT_THAT(refusal("(select x from owned where owned.id = cid)"),
              HasSubstr(function));
  EXPECT_THAT(
      refusal("(select hidden from invoked where invoked.id = cid)"),
      HasSubstr("GRANT SELECT (hidden, id) ON public.cat TO grants_app"));
  EXPECT_THAT(refusal("(select c::text from cat c where c.id = cid)"),
              HasSubstr("GRANT SELECT ON public.cat TO grants_app"));
  // What is evaluated without a motion is as well: a default, a check.
  EXPECT_THAT(
      Refusal("{add_column: {table: u, column: {name: label, type: text, "
              "nullable: true, default: 'f(1)'}}}"),
      HasSubstr(function));
  EXPECT_THAT(
      Refusal("{create_constraint: {table: u, name: ck, type: check, columns: "
              "[cid], check: \"f(cid) <> ''\"}}"),
      HasSubstr(function));
}

TEST_P(GrantsTest, RowSecurityOfWhatIsReadIsSaid) {
  db().Exec(
      "GRANT INSERT ON u TO grants_app; GRANT SELECT ON cat TO grants_app;"
      "ALTER TABLE cat ENABLE ROW LEVEL SECURITY");
  const Plan plan = migrator_->MakePlan(Parsed(kReadsCat));
  std::vector<std::string> said;
  for (const Finding& finding : plan.findings) {
    if (finding.id == "expression-under-row-security") {
      said.push_back(finding.message);
    }
  }
  EXPECT_THAT(
      said, ElementsAre(HasSubstr("table public.cat has row security, to which "
                                  "grants_app is subject")));
}

TEST_P(GrantsTest, ARoleThatMayWriteSinceTheStartIsNamed) {
  Start(kReadsCat);
  db().Exec("GRANT INSERT ON u TO grants_app");
  const auto named = HasSubstr(
      "GRANT SELECT (id, label) ON public.cat TO "
      "grants_app");
  EXPECT_THAT(Unfollowed(), ElementsAre(named));
  EXPECT_THAT(migrator_->Verify().grants, ElementsAre(named));
  const RefreshReport report = Versions(*database_, {}).Refresh("");
  EXPECT_THAT(report.applied, IsEmpty());
  EXPECT_THAT(report.left, ElementsAre(named));
  EXPECT_THAT(ThrownBy([&] { migrator_->Complete(); }).what(), named);
  db().Exec("GRANT SELECT (id, label) ON cat TO grants_app");
  EXPECT_THAT(Unfollowed(), IsEmpty());
  migrator_->Complete();
}

constexpr const char* kRename = "{rename_column: {table: u, from: a, to: b}}";

// The case is grant_after_start_not_in_version.
TEST_P(GrantsTest, ARefreshLetsAVersionFollowItsTables) {
  Open(Access::kVersioned);
  db().Exec("GRANT DELETE ON u TO grants_app");
  Start(kRename);
  db().Exec(
      "REVOKE DELETE ON u FROM grants_app;"
      "GRANT SELECT, UPDATE ON u TO grants_ro WITH GRANT OPTION");
  const std::string reads = "SELECT count(b) FROM u";
  EXPECT_THAT(As("grants_ro", reads, "latest"), HasSubstr("permission denied"));
  const auto named = Contains(
      "role grants_ro lacks SELECT with grant option on public_01_a.u, which "
      "its table gives");
  EXPECT_THAT(Unfollowed(), named);
  EXPECT_THAT(Unfollowed(),
              Contains("role grants_app has DELETE on public_01_a.u, which its "
                       "table does not give"));
  EXPECT_THAT(migrator_->Verify().grants, named);
  EXPECT_THAT(
      Versions(*database_, {}).Refresh("01_a").applied,
      testing::UnorderedElementsAre(
          "REVOKE DELETE ON public_01_a.u FROM grants_app CASCADE",
          "GRANT SELECT ON public_01_a.u TO grants_ro WITH GRANT OPTION",
          "GRANT UPDATE ON public_01_a.u TO grants_ro WITH GRANT OPTION"));
  EXPECT_THAT(Versions(*database_, {}).Refresh("").applied, IsEmpty());
  EXPECT_EQ(As("grants_ro", reads, "latest"), "20\n");
  EXPECT_EQ(As("grants_ro", "UPDATE u SET b = 7 WHERE id = 1", "latest"), "");
  EXPECT_EQ(As("grants_ro", "UPDATE u SET a = a + 1 WHERE id = 1"), "");
  EXPECT_EQ(As("grants_ro", "SELECT b FROM u WHERE id = 1", "latest"), "8\n");
  EXPECT_THAT(As("grants_app", "DELETE FROM u", "latest"),
              HasSubstr("permission denied"));
}

// The view of a version has a default of its own for SET ... = DEFAULT.
TEST_P(GrantsTest, DefaultsOfAVersionFollowItsTables) {
  Open(Access::kVersioned);
  db().Exec("ALTER TABLE u ADD k integer DEFAULT 0");
  Start(kRename);
  db().Exec("ALTER TABLE u ALTER k SET DEFAULT 9");
  EXPECT_THAT(Unfollowed(),
              ElementsAre("column k of public_01_a.u has the default 0, and "
                          "that of its table is 9"));
  migrator_->Complete();
  const auto k = [&](const std::string& id) {
    const auto client = db().NewVersionClient("latest");
    client->Query("UPDATE u SET k = DEFAULT WHERE id = " + id);
    return db().app().One("SELECT k FROM u WHERE id = " + id);
  };
  EXPECT_EQ(k("1"), "9");
  // The version stays, and goes on following.
  db().Exec("ALTER TABLE u ALTER k DROP DEFAULT");
  EXPECT_THAT(Versions(*database_, {}).Refresh("latest").applied,
              ElementsAre("ALTER VIEW public_01_a.u ALTER COLUMN k DROP "
                          "DEFAULT"));
  EXPECT_EQ(k("2"), Cell());
}

TEST_P(GrantsTest, ACompleteLetsThemFollowFirst) {
  Open(Access::kVersioned);
  Start(kRename);
  db().Exec("GRANT SELECT (id, cid, a) ON u TO grants_ro");
  const Outcome outcome = migrator_->Complete();
  std::vector<std::string> history;
  for (const HistoryEntry& entry : outcome.history) {
    history.push_back(entry.message);
  }
  EXPECT_THAT(
      history,
      Contains(HasSubstr("GRANT SELECT (b) ON public_01_a.u TO grants_ro")));
  EXPECT_EQ(As("grants_ro", "SELECT count(b), max(id) FROM u", "latest"),
            "20|20\n");
  // The version stays, and goes on following.
  db().Exec(
      "GRANT USAGE ON SCHEMA public TO grants_app;"
      "GRANT UPDATE (b) ON u TO grants_app");
  EXPECT_THAT(Versions(*database_, {}).Refresh("latest").applied,
              Contains("GRANT UPDATE (b) ON public_01_a.u TO grants_app"));
  EXPECT_EQ(As("grants_app", "UPDATE u SET b = 1", "latest"), "");
}

TEST_P(GrantsTest, AColumnFollowsTheOneThatItStandsFor) {
  for (const Access access : {Access::kInPlace, Access::kVersioned}) {
    Open(access);
    db().Exec("GRANT SELECT (id, cid, a) ON u TO grants_ro");
    Start("{alter_column: {table: u, column: a, type: bigint}}");
    const std::string version = access == Access::kVersioned ? "latest" : "";
    EXPECT_EQ(As("grants_ro", "SELECT max(a), max(id) FROM u", version),
              "20|20\n");
    db().Exec(
        "REVOKE SELECT (a) ON u FROM grants_ro;"
        "GRANT UPDATE (a) ON u TO grants_app");
    EXPECT_THAT(Unfollowed(),
                Contains("role grants_app lacks UPDATE (_segue_new_a) on "
                         "\"public\".\"u\", which column \"a\" gives"));
    Versions(*database_, {}).Refresh("");
    EXPECT_THAT(Unfollowed(), IsEmpty());
    EXPECT_THAT(As("grants_ro", "SELECT max(a) FROM u", version),
                HasSubstr("permission denied"));
    EXPECT_EQ(As("grants_app", "UPDATE u SET a = 5", version), "");
    db().Exec("GRANT SELECT (a) ON u TO grants_ro");
    migrator_->Complete();
    EXPECT_EQ(As("grants_ro", "SELECT max(a) FROM u", version), "5\n");
    EXPECT_EQ(As("grants_app", "UPDATE u SET a = 6", version), "");
    EXPECT_EQ(As("grants_ro", "SELECT min(a) FROM u"), "6\n");
    if (access == Access::kVersioned) break;
    db().Exec(
        "REVOKE ALL (id, cid, a) ON u FROM grants_ro, grants_app;"
        "UPDATE u SET a = id; ALTER TABLE u ALTER a TYPE integer;");
  }
}

// In place both columns are the application's, so that it is not known which of
// them is right.
TEST_P(GrantsTest, APrivilegeOnTheNewNameAloneIsLeftToPeople) {
  Start(kRename);
  db().Exec(
      "GRANT SELECT (a) ON u TO grants_ro;"
      "GRANT UPDATE (b) ON u TO grants_app");
  const RefreshReport report = Versions(*database_, {}).Refresh("");
  EXPECT_THAT(report.applied,
              ElementsAre("GRANT SELECT (b) ON \"public\".\"u\" TO grants_ro"));
  const auto named = HasSubstr(
      "role grants_app has UPDATE (b) on \"public\".\"u\" and not on column "
      "\"a\"");
  EXPECT_THAT(report.left, ElementsAre(named));
  EXPECT_EQ(As("grants_ro", "SELECT count(b) FROM u"), "20\n");
  EXPECT_THAT(ThrownBy([&] { migrator_->Complete(); }).what(), named);
  db().Exec("GRANT UPDATE (a) ON u TO grants_app");
  migrator_->Complete();
  EXPECT_EQ(As("grants_app", "UPDATE u SET b = 3"), "");
  EXPECT_EQ(As("grants_ro", "SELECT max(b) FROM u"), "3\n");
}

// Only its grantor could give it again.
TEST_P(GrantsTest, APrivilegeThatAnotherRoleGaveIsNamed) {
  Start("{alter_column: {table: u, column: a, type: bigint}}");
  db().Exec(
      "GRANT SELECT (a) ON u TO grants_app WITH GRANT OPTION; SET ROLE "
      "grants_app; GRANT SELECT (a) ON u TO grants_ro; RESET ROLE");
  const std::string named =
      "role grants_app has given SELECT (a) on \"public\".\"u\" to grants_ro";
  EXPECT_THAT(Unfollowed(), Contains(HasSubstr(named)));
  EXPECT_THAT(RefusalOf([&] { migrator_->Complete(); }), HasSubstr(named));
  db().Exec(
      "SET ROLE grants_app; REVOKE SELECT (a) ON u FROM grants_ro; RESET ROLE; "
      "GRANT SELECT (a) ON u TO grants_ro");
  EXPECT_TRUE(migrator_->Complete().status.is_complete());
  EXPECT_EQ(As("grants_ro", "SELECT count(a) FROM u"), "20\n");
}

TEST_P(GrantsTest, ARenamedTableFollowsInPlace) {
  Start("{rename_table: {from: u, to: w}}");
  db().Exec("GRANT SELECT ON u TO grants_ro");
  EXPECT_THAT(As("grants_ro", "SELECT count(*) FROM w"),
              HasSubstr("permission denied"));
  Versions(*database_, {}).Refresh("");
  EXPECT_EQ(As("grants_ro", "SELECT count(*) FROM w"), "20\n");
}

TEST_P(GrantsTest, ARefreshDoesNotMeetARunner) {
  Open(Access::kVersioned);
  Start(kRename);
  Database other = db().Open();
  const engine::Ledger ledger(dialect(), "public", "test",
                              std::chrono::seconds(30));
  ASSERT_TRUE(ledger.Open(other.connection()));
  const engine::Lease lease(other, ledger);
  EXPECT_EQ(ThrownBy([&] { Versions(*database_, {}).Refresh(""); }).kind(),
            ErrorKind::kConflict);
}

SEGUE_INSTANTIATE_ON(GrantsTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
