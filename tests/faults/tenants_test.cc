// A schema for each tenant of one database: the same migration file runs in all
// of them, several at a time, and what serves one is nobody else's. The case is
// env-two-schemas-one-name.
#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <fstream>
#include <functional>
#include <memory>
#include <vector>

#include "tests/support/postgres_server.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

constexpr int kTenants = 50;
constexpr std::size_t kAtATime = 8;

class TenantsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SEGUE_SKIP_UNLESS_INSTALLED(PostgresTestbed());
    PostgresServer& server = PostgresServer::Shared();
    url_ = server.Url(server.CreateDatabase());
    app_ = OpenPostgresClient(url_);
  }

  static std::string Schema(int tenant) { return "t" + std::to_string(tenant); }

  void MakeTenants(int count) {
    for (int tenant = 0; tenant < count; ++tenant) {
      const std::string schema = Schema(tenant);
      app_->Query("CREATE SCHEMA " + schema + "; CREATE TABLE " + schema +
                  ".users(id serial PRIMARY KEY, name text NOT NULL, age text);"
                  "INSERT INTO " +
                  schema +
                  ".users(name, age) SELECT 'n' || i, i FROM "
                  "generate_series(1, 20) i");
    }
  }

  std::string File(const std::string& name, const std::string& operation) {
    std::ofstream(folder_.path() + "/" + name)
        << "operations:\n  - " + operation + "\n";
    return folder_.path() + "/" + name;
  }

  Command Segue(std::vector<std::string> words, int tenant) {
    words.insert(words.end(),
                 {"--quiet", "--url", url_, "--schema", Schema(tenant)});
    Command command = SegueCommand(words);
    command.directory = folder_.path();
    return command;
  }

  // Runs one for each of the first `count` tenants, so many at a time.
  void ForEach(int count, const std::function<Command(int tenant)>& make) {
    std::deque<std::pair<int, std::unique_ptr<Process>>> running;
    const auto end_one = [&] {
      const Finished finished = running.front().second->Wait();
      EXPECT_EQ(finished.exit_code, 0)
          << Schema(running.front().first) << ": " << finished.err;
      running.pop_front();
    };
    for (int tenant = 0; tenant < count; ++tenant) {
      if (running.size() == kAtATime) end_one();
      running.emplace_back(tenant, std::make_unique<Process>(make(tenant)));
    }
    while (!running.empty()) end_one();
  }

  std::string url_;
  std::unique_ptr<Client> app_;
  TempDir folder_;
};

TEST_F(TenantsTest, AllGoThroughTheSameFile) {
  MakeTenants(kTenants);
  const std::string file = File(
      "01_full.yaml",
      "alter_column: {table: users, column: name, name: full_name, "
      "type: varchar, up: \"name || '!'\", down: \"rtrim(full_name, '!')\"}");
  const auto start = [&](int tenant) { return Segue({"start", file}, tenant); };
  ForEach(kTenants, start);
  const auto rollback = [&](int tenant) { return Segue({"rollback"}, tenant); };
  ForEach(kTenants / 2, rollback);
  ForEach(kTenants / 2, start);
  for (int tenant = 0; tenant < kTenants; ++tenant) {
    const std::string table = Schema(tenant) + ".users";
    app_->Query("INSERT INTO " + table + "(name) VALUES ('old')");
    app_->Query("INSERT INTO " + table + "(full_name) VALUES ('new!')");
    EXPECT_EQ(app_->One("SELECT string_agg(name || '|' || full_name, ' ' ORDER "
                        "BY id) FROM " +
                        table + " WHERE id > 20"),
              "old|old! new|new!");
  }
  ForEach(kTenants, [&](int tenant) {
    return Segue({"complete", "--yes"}, tenant);
  });
  EXPECT_EQ(app_->One("SELECT string_agg(DISTINCT phase, ' ') FROM "
                      "segue.migration"),
            "COMPLETE");
  EXPECT_EQ(app_->One("SELECT count(*) FROM pg_proc WHERE pronamespace = "
                      "'segue'::regnamespace AND proname NOT LIKE 'hello%'"),
            "0");
}

// As when two teams happen to give their files the same name.
TEST_F(TenantsTest, FilesOfOneNameHaveNothingToDoWithEachOther) {
  MakeTenants(2);
  const std::string label =
      File("01_a.yaml", "rename_column: {table: users, from: name, to: label}");
  ForEach(1, [&](int) { return Segue({"start", label}, 0); });
  File("01_a.yaml", "rename_column: {table: users, from: age, to: years}");
  ForEach(1, [&](int) { return Segue({"start", label}, 1); });
  app_->Query("INSERT INTO t0.users(name, age) VALUES ('new', '77')");
  app_->Query("UPDATE t0.users SET name = 'changed' WHERE id = 3");
  app_->Query("UPDATE t1.users SET age = '5' WHERE id = 3");
  EXPECT_EQ(app_->One("SELECT string_agg(label, ' ' ORDER BY id) FROM t0.users "
                      "WHERE id IN (3, 21)"),
            "changed new");
  EXPECT_EQ(app_->One("SELECT years FROM t1.users WHERE id = 3"), "5");
  ForEach(1, [&](int) { return Segue({"complete", "--yes"}, 0); });
  ForEach(1, [&](int) { return Segue({"rollback"}, 1); });
}

// The error of a marked row is of its own schema, too.
TEST_F(TenantsTest, MarkedRowsAreTheirSchemasOwn) {
  MakeTenants(2);
  const std::string file =
      File("01_n.yaml",
           "alter_column: {table: users, column: age, type: integer, "
           "up: \"CAST(age AS integer)\", down: \"CAST(age AS text)\"}");
  std::ofstream(file, std::ios::app) << "on_transform_error: mark\n";
  for (int tenant = 0; tenant < 2; ++tenant) {
    app_->Query("UPDATE " + Schema(tenant) + ".users SET age = 'bad" +
                std::to_string(tenant) + "' WHERE id = 1");
  }
  ForEach(2, [&](int tenant) { return Segue({"start", file}, tenant); });
  EXPECT_EQ(app_->One("SELECT string_agg(substring(message from 'bad.'), ' ' "
                      "ORDER BY table_name) FROM segue.transform_error"),
            "bad0 bad1");
  ForEach(1, [&](int) { return Segue({"rollback"}, 0); });
  EXPECT_EQ(app_->One("SELECT string_agg(substring(message from 'bad.'), ' ') "
                      "FROM segue.transform_error"),
            "bad1");
}

}  // namespace
}  // namespace segue::test
