// Code of other roles that a superuser, or what a file says, would run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manifest/manifest.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/postgres_server.h"
#include "tests/support/roles.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class ExposureTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    name_ = *db().app().One("SELECT current_database()");
    for (const char* role : {"exposure_owner", "exposure_evil"}) {
      CreateRole(db(), role);
    }
    db().Exec(
        "CREATE TABLE users(id integer PRIMARY KEY, name text, born text);"
        "INSERT INTO users VALUES (1, 'a', '2000-01-01');"
        "ALTER TABLE users OWNER TO exposure_owner;"
        // Up to version 14 everybody may create objects there.
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC;"
        "CREATE TABLE ran(by text); GRANT ALL ON ran TO PUBLIC;"
        "CREATE SCHEMA theirs AUTHORIZATION exposure_evil;"
        "GRANT USAGE ON SCHEMA theirs TO PUBLIC; SET ROLE exposure_evil;"
        "CREATE FUNCTION theirs.tell(text) RETURNS text IMMUTABLE LANGUAGE "
        "plpgsql AS $$ BEGIN PERFORM dblink_is_not_here(); RETURN $1; "
        "EXCEPTION WHEN undefined_function THEN RAISE LOG 'it ran'; RAISE "
        "'it ran as %', current_user; END $$;"
        "CREATE FUNCTION theirs.fits(text) RETURNS boolean IMMUTABLE LANGUAGE "
        "sql AS 'SELECT theirs.tell($1) IS NOT NULL';"
        "CREATE DOMAIN theirs.short AS text CHECK (theirs.fits(VALUE));"
        "CREATE VIEW theirs.shown AS SELECT theirs.tell('x') AS x;"
        "GRANT SELECT ON theirs.shown TO PUBLIC; RESET ROLE");
  }

  std::string Url(const std::string& role) {
    return PostgresServer::Shared().Url(name_, role);
  }
  Plan PlanAs(const std::string& url, const std::string& operation,
              const std::string& role = "", Access access = Access::kInPlace) {
    Database database = Database::Open({url, "", role});
    MigratorOptions options;
    options.access = access;
    return Migrator(database, options)
        .MakePlan(
            manifest::Parse("operations: [" + operation + "]", "01.yaml"));
  }
  static std::vector<std::string> Ids(const Plan& plan) {
    std::vector<std::string> ids;
    for (const Finding& finding : plan.findings) ids.push_back(finding.id);
    return ids;
  }

  std::string name_;
};

// The server evaluates what is constant already when it plans a statement.
TEST_P(ExposureTest, NothingOfAnotherRoleRunsWhenASuperuserPlans) {
  for (const char* operation :
       {"add_column: {table: users, column: {name: x, type: text, default: "
        "\"theirs.tell('a')\"}}",
        "add_column: {table: users, column: {name: x, type: text, nullable: "
        "true, check: "
        "{name: c, constraint: \"x <> theirs.tell('a')\"}}}",
        "add_column: {table: users, column: {name: x, type: theirs.short, "
        "nullable: true}}",
        "alter_column: {table: users, column: name, type: theirs.short, up: "
        "name, down: name}",
        "alter_column: {table: users, column: name, type: varchar(9), up: "
        "\"theirs.tell('a')\", down: name}",
        "alter_column: {table: users, column: name, type: varchar(9), up: "
        "\"(SELECT x FROM theirs.shown)\", down: name}",
        "create_index: {table: users, name: i, columns: [name], predicate: "
        "\"theirs.fits('a')\"}",
        "create_constraint: {table: users, name: c, type: check, columns: "
        "[name], check: \"theirs.fits('a')\"}",
        "create_table: {name: t, columns: [{name: id, type: integer, pk: true},"
        " {name: x, type: text, default: \"theirs.tell('a')\"}]}"}) {
    for (const char* role : {"", "exposure_owner"}) {
      try {
        PlanAs(db().Url(), operation, role);
        ADD_FAILURE() << operation;
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kRefused);
        EXPECT_THAT(error.what(),
                    HasSubstr("which belongs to exposure_evil and would run "
                              "with the rights of a superuser"))
            << operation;
      }
    }
  }
}

// What the owner of the table made is no stranger's.
TEST_P(ExposureTest, FunctionsOfTheOwnerOfTheTableMayBeUsed) {
  db().Exec(
      "CREATE FUNCTION lowered(text) RETURNS text IMMUTABLE LANGUAGE sql AS "
      "'SELECT lower($1)'; ALTER FUNCTION lowered OWNER TO exposure_owner");
  EXPECT_FALSE(PlanAs(db().Url(),
                      "alter_column: {table: users, column: name, type: "
                      "varchar(9), up: lowered(name), down: name}")
                   .steps.empty());
}

TEST_P(ExposureTest, ASchemaThatOthersMayFillIsNamed) {
  const char* rename =
      "rename_column: {table: users, from: name, to: full_name}";
  EXPECT_THAT(Ids(PlanAs(db().Url(), rename)),
              Not(Contains("others-may-create")));
  db().Exec("GRANT CREATE ON SCHEMA public TO exposure_evil");
  const Plan plan = PlanAs(db().Url(), rename);
  EXPECT_THAT(Ids(plan), Contains("others-may-create"));
  EXPECT_THAT(plan.findings.at(0).message,
              HasSubstr("schema public, in which the SQL of migrations finds "
                        "functions and types, is open to others: "
                        "exposure_evil may create objects there"));
}

// A view of a version asks for every column that it shows.
TEST_P(ExposureTest, WhoMayReadSomeColumnsOnlyIsNamed) {
  SEGUE_SKIP_BEFORE(15);
  db().Exec(
      "CREATE TABLE o(id integer PRIMARY KEY, z integer); GRANT SELECT (z) ON "
      "o TO exposure_evil; CREATE TABLE all_of_it(id integer PRIMARY KEY);"
      "GRANT SELECT (id) ON all_of_it TO exposure_evil");
  const char* rename =
      "rename_column: {table: users, from: name, to: full_name}";
  EXPECT_THAT(Ids(PlanAs(db().Url(), rename)),
              Not(Contains("version-needs-all-columns")));
  const Plan plan = PlanAs(db().Url(), rename, "", Access::kVersioned);
  EXPECT_EQ(plan.findings.size(), 1U);
  EXPECT_THAT(plan.findings.at(0).message,
              HasSubstr("exposure_evil may not read table 'o'"));
}

// The case is sec-role-is-no-fence.
TEST_P(ExposureTest, TriggersOfOthersAreNamedToASuperuser) {
  db().Exec(
      "CREATE FUNCTION act() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN "
      "NEW; END'; ALTER FUNCTION act() OWNER TO exposure_owner;"
      "CREATE TRIGGER act BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION "
      "act(); GRANT CREATE ON DATABASE " +
      name_ +
      " TO exposure_owner; GRANT CREATE ON SCHEMA public TO exposure_owner");
  const char* rename =
      "rename_column: {table: users, from: name, to: full_name}";
  for (const char* role : {"", "exposure_owner"}) {
    EXPECT_THAT(Ids(PlanAs(db().Url(), rename, role)),
                Contains("superuser-fires-triggers"))
        << role;
  }
  EXPECT_THAT(Ids(PlanAs(Url("exposure_owner"), rename)),
              Not(Contains("superuser-fires-triggers")));
}

SEGUE_INSTANTIATE_ON(ExposureTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
