// How an application reaches a version: the path for names, and a role that
// has it.
#include <gmock/gmock.h>

#include "manifest/manifest.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "segue/versions.h"
#include "tests/support/postgres_server.h"
#include "tests/support/roles.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class VersionAccessTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    name_ = *db().app().One("SELECT current_database()");
    CreateRole(db(), "access_app");
    db().Exec("CREATE TABLE person (id integer PRIMARY KEY, n integer)");
    db().Exec("GRANT SELECT, INSERT, UPDATE ON person TO access_app");
  }
  void TearDown() override {
    if (name_.empty()) return;
    database_.reset();
    db().Exec("DROP ROLE IF EXISTS access_new");
    db().Exec("DROP OWNED BY access_app; DROP ROLE access_app");
  }

  Migrator& Open(const std::string& url) {
    migrator_.reset();
    database_.emplace(Database::Open({url, "", ""}));
    MigratorOptions options;
    options.access = Access::kVersioned;
    migrator_.emplace(*database_, options);
    return *migrator_;
  }
  Migrator& Open() { return Open(db().Url()); }
  void Start() {
    migrator_->Start(manifest::Parse(
        "operations: [{rename_column: {table: person, from: n, to: num}}]",
        "01_t.yaml"));
  }
  std::string UrlOf(const std::string& role) {
    return PostgresServer::Shared().Url(name_, role);
  }

  std::string name_;
  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
};

// The case is rw-url-search-path.
TEST_P(VersionAccessTest, ThePathOfTheDatabaseStaysBehindTheVersion) {
  db().Exec(
      "CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext; "
      "CREATE EXTENSION pgcrypto SCHEMA ext; ALTER DATABASE " +
      name_ +
      " SET search_path = public, ext; SET search_path = public, ext;"
      "ALTER TABLE person ADD name citext, ADD tok text;"
      "CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
      "NEW.tok := encode(digest(NEW.name::text, 'sha256'), 'hex'); "
      "RETURN NEW; END$$;"
      "CREATE TRIGGER t BEFORE INSERT OR UPDATE ON person FOR EACH ROW "
      "EXECUTE FUNCTION trg();"
      "INSERT INTO person VALUES (1, 1, 'A')");
  Open();
  Start();
  EXPECT_EQ(Versions(*database_, {}).AccessTo("latest").search_path,
            "\"public_01_t\", \"public\", \"ext\"");
  EXPECT_EQ(Versions(*database_, {}).UrlFor(""), db().Url());
  const auto by_url =
      OpenPostgresClient(Versions(*database_, {}).UrlFor("latest"));
  const auto by_sql = db().NewClient();
  by_sql->Query(Versions(*database_, {}).SessionSqlFor("latest"));
  for (Client* client : {by_url.get(), by_sql.get()}) {
    EXPECT_EQ(ToLines(client->Query(
                  "SELECT num FROM person WHERE name = 'a'::citext")),
              "1\n");
    client->Query("UPDATE person SET name = name || 'x' WHERE id = 1");
    client->Query("UPDATE person SET name = 'A' WHERE id = 1");
  }
}

TEST_P(VersionAccessTest, TheScriptWarnsOfPoolersAndTellsTheCheck) {
  Open();
  Start();
  const std::string script = Versions(*database_, {}).SessionSqlFor("latest");
  EXPECT_THAT(script, HasSubstr("-- In a session of its own only."));
  EXPECT_THAT(script, HasSubstr("current_schema() = 'public_01_t'"));
}

TEST_P(VersionAccessTest, LatestIsNoVersionUntilOneIsPublished) {
  Open();
  const Error error =
      ThrownBy([&] { Versions(*database_, {}).UrlFor("latest"); });
  EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
  EXPECT_STREQ(error.what(), "no version is published");
}

TEST_P(VersionAccessTest, ARoleIsTheBaseRoleWithTheVersionsPath) {
  SEGUE_SKIP_BEFORE(15);  // whose views can obey policies
  db().Exec(
      "CREATE SCHEMA access_app AUTHORIZATION access_app;"
      "ALTER ROLE access_app SET search_path = \"$user\", public, \"My S\";"
      "ALTER ROLE access_app SET work_mem = '7MB';"
      "ALTER ROLE access_app IN DATABASE " +
      name_ +
      " SET \"TimeZone\" = 'Asia/Tokyo';"
      "ALTER TABLE person ADD who text DEFAULT current_user;"
      "ALTER TABLE person ENABLE ROW LEVEL SECURITY;"
      "CREATE POLICY own ON person TO access_app USING (who = current_user)");
  Open();
  Start();
  Versions(*database_, {}).MakeRole("access_new", "latest", "access_app");
  EXPECT_THAT(Versions(*database_, {}).AccessTo("01_t").roles,
              ElementsAre("access_new"));
  const auto old_app = OpenPostgresClient(UrlOf("access_app"));
  const auto new_app = OpenPostgresClient(UrlOf("access_new"));
  old_app->Query("INSERT INTO person(id, n) VALUES (1, 10)");
  new_app->Query("INSERT INTO person(id, num) VALUES (2, 20)");
  EXPECT_EQ(
      ToLines(new_app->Query("SELECT id, num, who FROM person ORDER BY id")),
      "1|10|access_app\n2|20|access_app\n");
  EXPECT_EQ(ToLines(new_app->Query(
                "SELECT current_schema(), current_setting('search_path'), "
                "current_setting('work_mem'), current_setting('TimeZone')")),
            "public_01_t|public_01_t, \"$user\", public, \"My S\"|7MB|"
            "Asia/Tokyo\n");
  // As a pooler in session mode does between two clients.
  new_app->Query("DISCARD ALL");
  EXPECT_EQ(ToLines(new_app->Query("SELECT current_schema(), current_user")),
            "public_01_t|access_app\n");
  // It is safe to repeat.
  Versions(*database_, {}).MakeRole("access_new", "01_t", "access_app");
  const Outcome gone = migrator_->Rollback();
  EXPECT_THAT(gone.notes,
              Contains(HasSubstr("role 'access_new' is of version "
                                 "public_01_t, which refuses it now")));
}

TEST_P(VersionAccessTest, ARoleOfOthersIsLeftAlone) {
  CreateRole(db(), "access_new");
  Open();
  Start();
  const auto refusal = [&](const std::string& role, const std::string& base) {
    return ThrownBy(
        [&] { Versions(*database_, {}).MakeRole(role, "latest", base); });
  };
  EXPECT_THAT(refusal("access_new", "access_app").what(),
              HasSubstr("'access_new' is there already"));
  EXPECT_THAT(refusal("access_2", "").what(), HasSubstr("is a superuser"));
  EXPECT_EQ(refusal("access_2", "nobody_here").kind(), ErrorKind::kNotFound);
  EXPECT_EQ(
      ThrownBy([&] { Versions(*database_, {}).MakeRole("a", "", ""); }).kind(),
      ErrorKind::kUsage);
  db().Exec(
      "GRANT USAGE ON SCHEMA segue TO access_app;"
      "GRANT SELECT ON ALL TABLES IN SCHEMA segue TO access_app");
  Open(UrlOf("access_app"));
  const Error weak = refusal("access_2", "access_app");
  EXPECT_EQ(weak.kind(), ErrorKind::kRefused);
  EXPECT_THAT(weak.hint(), HasSubstr("CREATE ROLE \"access_2\" LOGIN; "));
  EXPECT_EQ(*db().app().One(
                "SELECT count(*) FROM pg_roles WHERE rolname = 'access_2'"),
            "0");
}

SEGUE_INSTANTIATE_ON(VersionAccessTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
