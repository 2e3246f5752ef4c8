// segue.hello, by which sessions of an application say which version they run.
#include <gmock/gmock.h>

#include "manifest/manifest.h"
#include "segue/error.h"
#include "segue/instances.h"
#include "segue/migrator.h"
#include "tests/support/postgres_server.h"
#include "tests/support/roles.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

class HelloTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    name_ = *db().app().One("SELECT current_database()");
    CreateRole(db(), "hello_app");
    CreateRole(db(), "hello_other");
    Start("public", "01_person");
    Start("public", "02_full_name");
  }
  // An added column that replaces nothing is complete at once.
  void Start(const std::string& schema, const std::string& id) {
    db().Exec("CREATE SCHEMA IF NOT EXISTS " + schema +
              "; CREATE TABLE IF NOT EXISTS " + schema +
              ".t (id integer PRIMARY KEY)");
    Database database = Database::Open({db().Url(), schema, ""});
    Migration migration(id, "");
    migration.AddColumn("t", {"c" + id, "TEXT"});
    Migrator(database, {}).Start(migration);
  }
  std::unique_ptr<Client> As(const std::string& role) {
    return OpenPostgresClient(PostgresServer::Shared().Url(name_, role));
  }
  // "web-1 02_full_name 2": each instance with its version and its sessions.
  std::string Listed(const std::string& schema = "public") {
    Database database = Database::Open({db().Url(), schema, ""});
    std::string text;
    for (const InstanceInfo& one : Instances(database).List()) {
      text += one.id + " " + one.version + " " + one.role + " " +
              std::to_string(one.sessions) + (one.live() ? "\n" : " expired\n");
    }
    return text;
  }
  std::string Refusal(Client& client, const std::string& call) {
    try {
      client.Query("SELECT segue.hello(" + call + ")");
    } catch (const std::exception& error) {
      return error.what();
    }
    return "not refused";
  }

  std::string name_;
};

TEST_P(HelloTest, RegistersTheSessionAndIsTheHeartbeat) {
  const auto one = As("hello_app");
  const auto two = As("hello_app");
  for (Client* client : {one.get(), two.get(), one.get()}) {
    client->Query("SELECT segue.hello('web-1', '01_person')");
  }
  EXPECT_EQ(Listed(), "web-1 01_person hello_app 2\n");
  EXPECT_EQ(*db().app().One("SELECT count(*) FROM segue.instance_session s "
                            "JOIN pg_stat_activity a ON a.pid = s.pid AND "
                            "to_char(a.backend_start AT TIME ZONE 'UTC', "
                            "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') = s.started"),
            "2");
  db().Exec(
      "UPDATE segue.instance_session SET expires = expires - 100, seen = "
      "seen - 100");
  EXPECT_EQ(Listed(), "web-1 01_person hello_app 2 expired\n");
  two->Query("SELECT segue.hello('web-1', '01_person', ttl => '1 hour')");
  Database database = db().Open();
  const InstanceInfo known = Instances(database).List()[0];
  EXPECT_GT(known.expires_in, 3500);
  EXPECT_LT(known.seen_ago, 100);
}

// What the instance said before it was another version is no word of today.
TEST_P(HelloTest, AnotherVersionReplacesTheOneBefore) {
  const auto one = As("hello_app");
  const auto two = As("hello_app");
  one->Query("SELECT segue.hello('web-1', 'base')");
  two->Query("SELECT segue.hello('web-1', '02_full_name')");
  EXPECT_EQ(Listed(), "web-1 02_full_name hello_app 1\n");
  Database database = db().Open();
  EXPECT_TRUE(Instances(database).Remove("web-1"));
  EXPECT_EQ(Listed(), "");
}

TEST_P(HelloTest, AnUnknownVersionIsRefusedWithTheNearest) {
  const auto app = As("hello_app");
  const std::string refusal = Refusal(*app, "'web-1', '02_fullname'");
  EXPECT_THAT(refusal, HasSubstr("no version is called '02_fullname'"));
  EXPECT_THAT(refusal,
              HasSubstr("the nearest are 01_person, 02_full_name, base"));
  EXPECT_THAT(Refusal(*app, "'web-1', NULL"),
              HasSubstr("no version is called ''"));
  EXPECT_THAT(Refusal(*app, "'web-1', 'base', 'nowhere'"),
              HasSubstr("no version is called 'base' in schema 'nowhere'"));
  EXPECT_THAT(Refusal(*app, "'', 'base'"), HasSubstr("1 to 200 bytes"));
  EXPECT_THAT(Refusal(*app, "E'a\\nb', 'base'"), HasSubstr("1 to 200 bytes"));
  EXPECT_THAT(Refusal(*app, "'a', 'base', ttl => '0 s'"),
              HasSubstr("1 second to 1 day"));
  EXPECT_THAT(Refusal(*app, "'a', 'base', ttl => NULL"),
              HasSubstr("1 second to 1 day"));
  EXPECT_EQ(Listed(), "");
}

TEST_P(HelloTest, FindsTheSchemaByTheVersion) {
  Start("sales", "01_person");
  Start("sales", "02_orders");
  const auto app = As("hello_app");
  EXPECT_THAT(Refusal(*app, "'web-1', '01_person'"),
              HasSubstr("version '01_person' is of several schemas: public, "
                        "sales"));
  EXPECT_THAT(Refusal(*app, "'web-1', 'base'"), HasSubstr("several schemas"));
  app->Query("SELECT segue.hello('web-1', '02_orders')");
  app->Query("SELECT segue.hello('web-2', '01_person', 'sales')");
  EXPECT_EQ(Listed("sales"),
            "web-1 02_orders hello_app 1\nweb-2 01_person hello_app 1\n");
  EXPECT_EQ(Listed(), "");
}

// Everybody may call it, so that it must not let one role speak for another,
// nor run what somebody else has put in its way.
TEST_P(HelloTest, NobodySpeaksForTheInstancesOfAnotherRole) {
  As("hello_app")->Query("SELECT segue.hello('web-1', '01_person')");
  db().Exec("CREATE SCHEMA trap; GRANT ALL ON SCHEMA trap TO hello_other");
  const auto other = As("hello_other");
  other->Query(
      "CREATE FUNCTION trap.octet_length(text) RETURNS integer LANGUAGE sql AS "
      "$$SELECT 1/0$$; SET search_path = trap, pg_catalog, public;"
      "CREATE TEMP TABLE instance_session (id text)");
  other->Query("SELECT segue.hello('web-1', '02_full_name')");
  EXPECT_EQ(Listed(),
            "web-1 01_person hello_app 1\nweb-1 02_full_name hello_other 1\n");
  for (const char* sql :
       {"SELECT * FROM segue.instance_session",
        "DELETE FROM segue.instance_session",
        "INSERT INTO segue.instance VALUES ('public', 'x', 'base', '', '', 0, "
        "0)"}) {
    EXPECT_ANY_THROW(other->Query(sql)) << sql;
  }
  db().Exec(
      "INSERT INTO segue.instance_session SELECT 'public', 'i' || i, "
      "'hello_other', i, '', 'base', '', '', 0, 0 FROM generate_series(1, "
      "10000) i");
  EXPECT_THAT(Refusal(*other, "'another', 'base'"),
              HasSubstr("role 'hello_other' has 10000 sessions of instances"));
  EXPECT_EQ(Refusal(*As("hello_app"), "'web-2', 'base'"), "not refused");
}

// The ledger of an earlier segue has no such function.
TEST_P(HelloTest, AnUpgradeBringsIt) {
  db().Exec(
      "DROP FUNCTION segue.hello(text, text, text, interval);"
      "DROP FUNCTION segue.hello_since(text, text, text, interval, "
      "timestamptz); DROP TABLE segue.instance_session;"
      "UPDATE segue.meta SET value = '5' WHERE name = 'version'");
  EXPECT_EQ(Listed(), "");
  As("hello_app")->Query("SELECT segue.hello('web-1', 'base')");
  EXPECT_EQ(Listed(), "web-1 base hello_app 1\n");
}

// The ledger is there a moment before its first migration.
TEST_P(HelloTest, BeforeTheFirstMigrationEverybodyRunsTheBaseShape) {
  db().Exec("TRUNCATE segue.migration, segue.version CASCADE");
  EXPECT_EQ(db().app().One("SELECT segue.hello('web-1', 'base')"),
            std::nullopt);
  EXPECT_EQ(Listed(), "");
  EXPECT_THAT(Refusal(db().app(), "'web-1', '02_full_name'"),
              HasSubstr("no version is called '02_full_name'"));
}

SEGUE_INSTANTIATE_ON(HelloTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
