// Applications with the client libraries that people use, in both versions,
// through a whole migration. Each is a program of this folder.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <thread>

#include "base/text.h"
#include "tests/commands/bad_input.h"
#include "tests/support/built.h"
#include "tests/support/pgbouncer.h"
#include "tests/support/postgres_server.h"
#include "tests/support/roles.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

// Debian's own, for which the packages are; another may come first in the path.
constexpr const char* kPython = "/usr/bin/python3";

const std::vector<std::string>& Libraries() {
  static const auto& names =
      *new std::vector<std::string>{"psycopg", "sqlalchemy", "django"};
  return names;
}

class DriversTest : public BadInputTest {
 protected:
  void SetUp() override {
    BadInputTest::SetUp();
    if (IsSkipped()) return;
    Command imports;
    imports.argv = {kPython, "-c", "import psycopg2, sqlalchemy, django"};
    if (!PgBouncer::Available() || RunCommand(imports).exit_code != 0) {
      GTEST_SKIP() << "run scripts/install-deps";
    }
    name_ = *db().app().One("SELECT current_database()");
    CreateRole(db(), "drv_app");
    db().Exec(
        "CREATE TABLE account (id bigserial PRIMARY KEY, name text NOT NULL, "
        "v int NOT NULL);"
        "INSERT INTO account(name, v) SELECT 'n' || g, g % 1000 FROM "
        "generate_series(1, 20000) g;"
        "ALTER TABLE account OWNER TO drv_app;"
        "GRANT CREATE ON DATABASE " +
        name_ + " TO drv_app");
    WriteFile("01_cents.yaml",
              "access: versioned\n"
              "operations:\n"
              "  - rename_column: {table: account, from: name, to: full_name}\n"
              "  - alter_column: {table: account, column: v, type: bigint, "
              "up: 'v * 100', down: 'v / 100'}\n");
  }
  void TearDown() override {
    if (!name_.empty()) db().Exec("DROP ROLE IF EXISTS drv_new");
  }

  std::string Direct(const std::string& user = "drv_app") {
    return PostgresServer::Shared().Url(name_, user);
  }
  // Returns what a recipe has in quotes: first the URL for a session of one's
  // own, then that of the version's role.
  std::vector<std::string> UrlsFor(const std::string& client,
                                   const std::string& url) {
    const Finished recipe =
        Segue({"url", "--version", "latest", "--recipe", client, "--url", url});
    const std::vector<std::string> parts = base::Split(recipe.out, '"');
    std::vector<std::string> urls;
    for (std::size_t i = 1; i < parts.size(); i += 2) urls.push_back(parts[i]);
    return urls;
  }
  static std::unique_ptr<Process> Python(const std::string& library,
                                         const std::string& url,
                                         const std::string& version) {
    return Run({kPython, Program(library + "_app.py"), url, version},
               {{"PYTHONDONTWRITEBYTECODE", "1"}});
  }
  static std::string Program(const std::string& name) {
    return SourceDir() + "/tests/drivers/" + name;
  }
  static std::unique_ptr<Process> Run(
      const std::vector<std::string>& words,
      const std::map<std::string, std::string>& environment = {}) {
    Command command;
    command.argv = words;
    command.environment = environment;
    auto process = std::make_unique<Process>(command);
    process->WaitForOutput("running");
    return process;
  }
  void Stop(std::vector<std::unique_ptr<Process>>& processes) {
    for (const auto& process : processes) process->Kill(SIGTERM);
    for (const auto& process : processes) {
      const Finished finished = process->Wait();
      EXPECT_EQ(finished.exit_code, 0) << finished.out << finished.err;
      EXPECT_THAT(finished.out, HasSubstr("rounds"));
    }
    processes.clear();
  }
  void Do(std::vector<std::string> words, const std::string& url) {
    words.insert(words.end(), {"--url", url});
    const Finished finished = Segue(words);
    EXPECT_EQ(finished.exit_code, 0) << words[0] << ": " << finished.err;
  }

  void ExpectAllRight() {
    // What each application has left is what it wrote, whichever version it is.
    EXPECT_EQ(
        ToLines(db().Query(
            "SELECT count(*) FROM account WHERE full_name LIKE '%!' AND "
            "v <> (split_part(rtrim(full_name, '!'), ' ', 3)::int % 1000 + "
            "1) * 100")),
        "0\n");
    EXPECT_GT(std::stoi(*db().app().One(
                  "SELECT count(*) FROM account WHERE full_name LIKE '%!'")),
              100);
  }

  std::string name_;
};

TEST_P(DriversTest, ApplicationsOfBothVersionsGoThroughAMigration) {
  const PgBouncer pooler(PostgresServer::Shared());
  const std::string pooled = pooler.Url(name_, "drv_app");
  std::vector<std::unique_ptr<Process>> old_ones;
  for (const std::string& library : Libraries()) {
    old_ones.push_back(Python(library, pooled, "old"));
  }
  Do({"start", "01_cents.yaml", "--quiet"}, Direct());
  Do({"versions", "role", "drv_new", "--base-role", "drv_app"},
     Direct("postgres"));
  std::vector<std::unique_ptr<Process>> new_ones;
  for (const std::string& library : Libraries()) {
    const std::string recipe = library == "django" ? "sqlalchemy" : library;
    new_ones.push_back(Python(library, UrlsFor(recipe, Direct()).at(0), "new"));
    new_ones.push_back(Python(library, UrlsFor(recipe, pooled).at(1), "new"));
  }
  std::this_thread::sleep_for(std::chrono::seconds(1));
  Do({"verify", "--quiet"}, pooled);
  Stop(old_ones);
  Do({"complete", "--yes", "--quiet"}, Direct());
  std::this_thread::sleep_for(std::chrono::seconds(1));
  Stop(new_ones);
  ExpectAllRight();
}

TEST_P(DriversTest, NodeAndJdbcGoThroughAMigration) {
  const char* given = std::getenv("SEGUE_TEST_DRIVERS");
  if (given == nullptr) GTEST_SKIP() << "make test-drivers runs this";
  const std::string drivers = given;
  PgBouncerOptions options;
  options.loopback = true;
  const PgBouncer pooler(PostgresServer::Shared(), options);
  const auto node = [&](const std::string& role, const std::string& version) {
    return Run(
        {"node", Program("node_app.js"),
         "postgres://" + role + "@" + pooler.Address() + "/" + name_, version},
        {{"NODE_PATH", drivers + "/node_modules"}});
  };
  const auto jdbc = [&](const std::string& role, const std::string& version) {
    return Run({"java", "-cp", drivers + "/postgresql.jar",
                Program("JdbcApp.java"),
                "jdbc:postgresql://" + pooler.Address() + "/" + name_ +
                    "?prepareThreshold=0",
                role, version});
  };
  std::vector<std::unique_ptr<Process>> old_ones;
  old_ones.push_back(node("drv_app", "old"));
  old_ones.push_back(jdbc("drv_app", "old"));
  Do({"start", "01_cents.yaml", "--quiet"}, Direct());
  Do({"versions", "role", "drv_new", "--base-role", "drv_app"},
     Direct("postgres"));
  std::vector<std::unique_ptr<Process>> new_ones;
  new_ones.push_back(node("drv_new", "new"));
  new_ones.push_back(jdbc("drv_new", "new"));
  std::this_thread::sleep_for(std::chrono::seconds(1));
  Do({"verify", "--quiet"}, pooler.Url(name_, "drv_app"));
  Stop(old_ones);
  Do({"complete", "--yes", "--quiet"}, Direct());
  std::this_thread::sleep_for(std::chrono::seconds(1));
  Stop(new_ones);
  ExpectAllRight();
}

SEGUE_INSTANTIATE_ON(DriversTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
