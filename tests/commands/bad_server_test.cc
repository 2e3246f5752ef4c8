// A server that does not let us in or does not let us work.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/commands/bad_input.h"
#include "tests/support/postgres_server.h"

namespace segue::test {
namespace {

constexpr int kCannotConnect = 6;
constexpr int kRefused = 3;
constexpr int kNotFound = 4;

const char kGood[] =
    "operations:\n"
    "  - rename_column: {table: users, from: name, to: full_name}\n";

// The same checks on PostgreSQL alone.
class BadServerTest : public BadInputTest {
 protected:
  void Refused(const Answer& answer, const std::string& url) {
    WriteFile("01_rename.yaml", kGood);
    Expect(answer, {"start", "01_rename.yaml", "--quiet", "--url", url});
  }

  // The database under test, entered as another role.
  std::string UrlAs(const std::string& role) {
    std::string url = db().Url();
    const std::string superuser = "postgres@";
    return url.replace(url.find(superuser), superuser.size(), role + "@");
  }

  // segue keeps its ledger in a schema of its own.
  void AllowLedger(const std::string& role) {
    db().Exec("GRANT CREATE ON DATABASE " +
              *db().app().One("SELECT current_database()") + " TO " + role);
  }

  void CreateRole(const std::string& name, const std::string& more = "") {
    if (db().app().One("SELECT count(*) FROM pg_roles WHERE rolname = '" +
                       name + "'") == "0") {
      db().Exec("CREATE ROLE " + name + " LOGIN " + more);
    }
  }
};

TEST_P(BadServerTest, MayNotCreateTheLedger) {
  CreateRole("reader");
  const std::string name = *db().app().One("SELECT current_database()");
  Refused({kRefused,
           "segue: segue may not create its ledger here: permission denied for "
           "database " +
               name +
               "\n  hint: it keeps its state in the database it changes; its "
               "owner or a superuser runs once: CREATE SCHEMA segue "
               "AUTHORIZATION reader; or: GRANT CREATE ON DATABASE " +
               name + " TO reader\n"},
          UrlAs("reader"));
}

TEST_P(BadServerTest, NotThere) {
  Refused({kCannotConnect,
           "segue: cannot connect to postgres://me:***@127.0.0.1:1/app: "
           "Connection refused\n"},
          "postgres://me:secret@127.0.0.1:1/app");
  Refused({kCannotConnect,
           "segue: cannot connect to "
           "postgres://me@%2Ftmp%2Fsegue-no-such-folder/app: No such file or "
           "directory\n"},
          "postgres://me@%2Ftmp%2Fsegue-no-such-folder/app");
}

TEST_P(BadServerTest, NoSuchDatabase) {
  const std::string url = PostgresServer::Shared().Url("no_such_database");
  Refused({kCannotConnect, "segue: cannot connect to " + url +
                               ": database \"no_such_database\" does not "
                               "exist\n"},
          url);
}

TEST_P(BadServerTest, NoSuchSchema) {
  WriteFile("01_rename.yaml", kGood);
  Expect(
      {kNotFound, "segue: schema 'shop' does not exist; there are: public\n"},
      {"start", "01_rename.yaml", "--quiet", "--schema", "shop"});
}

TEST_P(BadServerTest, NotTheOwner) {
  CreateRole("reader");
  db().Exec("GRANT SELECT ON users TO reader");
  AllowLedger("reader");
  Refused({kRefused,
           "segue: no privilege to alter table 'users': it belongs to "
           "'postgres'; connect as that role or pass --role postgres\n"
           "  at: 01_rename.yaml:2:5\n"},
          UrlAs("reader"));
}

// An owner under FORCE ROW LEVEL SECURITY sees a part of the rows and would
// take it for the whole.
TEST_P(BadServerTest, RowsHiddenByAPolicy) {
  CreateRole("owner_under_policy");
  AllowLedger("owner_under_policy");
  db().Exec("GRANT ALL ON SCHEMA public TO owner_under_policy");
  db().Exec("ALTER TABLE users OWNER TO owner_under_policy");
  db().Exec("ALTER TABLE users ENABLE ROW LEVEL SECURITY");
  db().Exec("ALTER TABLE users FORCE ROW LEVEL SECURITY");
  db().Exec("CREATE POLICY mine ON users USING (id = 1)");
  Refused({kRefused,
           "segue: row security on table 'users' may hide rows from this role, "
           "so that they would not be moved; run as a role with BYPASSRLS or "
           "as the table's owner without FORCE ROW LEVEL SECURITY\n"
           "  at: 01_rename.yaml:2:5\n"},
          UrlAs("owner_under_policy"));
}

INSTANTIATE_TEST_SUITE_P(PostgreSQL, BadServerTest,
                         ::testing::Values(PostgresTestbed()), TestbedName);

// A server that asks for passwords.
TEST(WrongPassword, IsToldWithoutShowingIt) {
  SEGUE_SKIP_UNLESS_INSTALLED(PostgresTestbed());
  const TempDir folder;
  const std::string rules = folder.path() + "/hba.conf";
  std::ofstream(rules) << "local all postgres trust\n"
                          "local all all scram-sha-256\n";
  std::filesystem::permissions(folder.path(),
                               std::filesystem::perms::others_all,
                               std::filesystem::perm_options::add);
  PostgresOptions options;
  options.settings = {{"hba_file", rules}};
  PostgresServer server(options);
  server.Admin("CREATE ROLE app LOGIN PASSWORD 'right'");
  std::ofstream(folder.path() + "/01_rename.yaml") << kGood;
  Command command = SegueCommand({"start", "01_rename.yaml", "--quiet", "--url",
                                  server.Url("postgres", "app:hunter2")});
  command.directory = folder.path();
  const Finished finished = RunCommand(command);
  EXPECT_EQ(kCannotConnect, finished.exit_code);
  EXPECT_EQ(std::string::npos, finished.err.find("hunter2"));
  EXPECT_EQ("segue: cannot connect to " + server.Url("postgres", "app:***") +
                ": password authentication failed for user \"app\"\n",
            finished.err);
}

}  // namespace
}  // namespace segue::test
