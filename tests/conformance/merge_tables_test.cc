// Tables that are made parts of one, with clients on all of them.
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "manifest/manifest.h"
#include "segue/migrator.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

constexpr const char* kMerge =
    "operations:\n  - merge_tables:\n      from: [eu, us]\n      to: "
    "everybody\n"
    "      map: {eu: {region: \"'eu'\"}, us: {region: \"'us'\"}}\n";

class MergeTablesTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    db().Exec(
        "CREATE TABLE eu(id serial PRIMARY KEY, n integer NOT NULL DEFAULT 0);"
        "CREATE TABLE us(id serial PRIMARY KEY, n integer NOT NULL DEFAULT 0);"
        "INSERT INTO eu SELECT FROM generate_series(1, 50);"
        "INSERT INTO us SELECT FROM generate_series(1, 50)");
    database_.emplace(db().Open());
    MigratorOptions options;
    options.lock_patience = std::chrono::seconds(60);
    migrator_.emplace(*database_, options);
  }
  void TearDown() override {
    migrator_.reset();
    database_.reset();
    DialectTest::TearDown();
  }

  void Start() { migrator_->Start(manifest::Parse(kMerge, "01_merge.yaml")); }
  std::string One(const std::string& sql) {
    return db().app().One(sql).value_or("NULL");
  }

  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
};

// Each client adds to the rows of a part, and makes and counts new ones. What
// one of them has been told is so must be found in the end.
TEST_P(MergeTablesTest, NothingOfWhatClientsWriteIsLost) {
  std::atomic<bool> over = false;
  std::atomic<int> failed = 0;
  std::atomic<int> added = 0;
  std::atomic<int> made = 0;
  const auto write = [&](const std::string& part, bool through_table) {
    const auto client = db().NewClient();
    while (!over) {
      const bool is_there =
          through_table &&
          client->One("SELECT to_regclass('everybody') IS NOT NULL") == "t";
      const std::string table = is_there ? "everybody" : part;
      const std::string also =
          is_there ? " AND region = '" + part + "'" : std::string();
      failed += client->Fails("UPDATE " + table +
                              " SET n = n + 1 WHERE id = 7" + also)
                    ? 1
                    : 0;
      ++added;
      failed += client->Fails(is_there ? "INSERT INTO everybody(region) VALUES "
                                         "('" +
                                             part + "')"
                                       : "INSERT INTO " + part +
                                             " DEFAULT "
                                             "VALUES")
                    ? 1
                    : 0;
      ++made;
    }
  };
  std::vector<std::thread> clients;
  for (const char* part : {"eu", "us"}) {
    clients.emplace_back(write, part, false);
    clients.emplace_back(write, part, true);
  }
  Start();
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  migrator_->Complete();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  over = true;
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(One("SELECT sum(n) FROM everybody"), std::to_string(added));
  EXPECT_EQ(One("SELECT count(*) FROM everybody"), std::to_string(100 + made));
}

TEST_P(MergeTablesTest, ARollbackLeavesEachTableWithItsRows) {
  Start();
  db().Exec("INSERT INTO everybody(region, n) VALUES ('eu', 5), ('us', 6)");
  migrator_->Rollback();
  EXPECT_EQ(One("SELECT id || '|' || n FROM eu ORDER BY id DESC LIMIT 1"),
            "51|5");
  EXPECT_EQ(One("SELECT id || '|' || n FROM us ORDER BY id DESC LIMIT 1"),
            "51|6");
  EXPECT_TRUE(db().app().Fails("SELECT region FROM eu"));
  EXPECT_TRUE(db().app().Fails("SELECT count(*) FROM everybody"));
  EXPECT_EQ(One("SELECT count(*) FROM pg_proc WHERE proname LIKE "
                "'number\\_%'"),
            "0");
}

TEST_P(MergeTablesTest, APartThatWasDetachedIsMissed) {
  Start();
  db().Exec("ALTER TABLE everybody DETACH PARTITION us");
  EXPECT_THAT(
      ThrownBy([&] { migrator_->Complete(false, "a test of it"); }).what(),
      HasSubstr("a part of table 'everybody' is gone"));
}

// The rows of one that others have made would go with the table.
TEST_P(MergeTablesTest, ARollbackLeavesPartitionsOfOthersAlone) {
  Start();
  db().Exec("CREATE TABLE rest PARTITION OF everybody DEFAULT");
  EXPECT_THAT(ThrownBy([&] { migrator_->Rollback(); }).what(),
              HasSubstr("rest is a partition that others have made"));
  db().Exec("ALTER TABLE everybody DETACH PARTITION rest");
  migrator_->Rollback();
  EXPECT_EQ(One("SELECT count(*) FROM rest"), "0");
}

TEST_P(MergeTablesTest, RowSecurityOfAPartHoldsTheContractUp) {
  Start();
  db().Exec("ALTER TABLE us ENABLE ROW LEVEL SECURITY");
  EXPECT_THAT(ThrownBy([&] { migrator_->Complete(); }).what(),
              HasSubstr("row security of us is on"));
  db().Exec("ALTER TABLE us DISABLE ROW LEVEL SECURITY");
  migrator_->Complete();
}

TEST_P(MergeTablesTest, ASequenceMayGetAnotherName) {
  Start();
  db().Exec("ALTER SEQUENCE us_id_seq RENAME TO numbers");
  EXPECT_EQ(One("INSERT INTO everybody(region) VALUES ('us') RETURNING id"),
            "51");
  migrator_->Complete();
}

// Nobody who takes numbers without a row gets one twice.
TEST_P(MergeTablesTest, NoNumberIsGivenTwice) {
  Start();
  const auto client = db().NewClient();
  std::atomic<bool> over = false;
  std::vector<std::string> numbers;
  std::thread takes([&] {
    while (!over) {
      numbers.push_back(
          client->One("SELECT nextval('eu_id_seq')").value_or("none"));
    }
  });
  migrator_->Complete();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  over = true;
  takes.join();
  const std::size_t given = numbers.size();
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  EXPECT_EQ(numbers.size(), given);
  EXPECT_GT(given, 1U);
}

SEGUE_INSTANTIATE_ON(MergeTablesTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
