// Scraped over HTTP while a migration runs, on every database.
#include "http/metrics.h"

#include <gmock/gmock.h>

#include "http/metrics_server.h"
#include "manifest/manifest.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/doubles/exposition.h"
#include "tests/support/scrape.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

using ::testing::ElementsAre;

const MetricLabels kMigration = {{"migration", "01_name"}};

class MetricsTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    db().Exec("CREATE TABLE users(id integer PRIMARY KEY, name text NOT NULL)");
    db().Exec(
        "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE "
        "i < 3000) INSERT INTO users SELECT i, 'User' || i FROM s");
  }
  Exposition Read() { return Exposition(Scrape(server_.url())); }

  MigratorOptions Watched(const ProgressCallback& look) {
    MigratorOptions options;
    options.listeners.Add([this, look](const Progress& progress) {
      metrics_.Show(progress);
      look(progress);
    });
    return options;
  }

  http::Metrics metrics_;
  http::MetricsServer server_{{"127.0.0.1", 0},
                              [this] { return metrics_.Text(); }};
};

TEST_P(MetricsTest, FollowAStart) {
  Database database = db().Open();
  int scrapes = 0;
  double rows = 0;
  Migrator migrator(
      database, Watched([&](const Progress& progress) {
        if (progress.event != Progress::Event::kRows) return;
        if (progress.activity != "backfill") return;
        const Exposition now = Read();
        ++scrapes;
        EXPECT_THAT(now.Active("segue_migration_phase", "phase"),
                    ElementsAre("MIGRATING"));
        EXPECT_GE(*now.Value("segue_backfill_rows_total", kMigration), rows);
        rows = *now.Value("segue_backfill_rows_total", kMigration);
        EXPECT_EQ(rows, static_cast<double>(progress.rows_done));
        EXPECT_GE(*now.Value("segue_pace_ratio", kMigration), 0);
        EXPECT_GE(*now.Value("segue_workers", kMigration), 1);
        const MetricLabels walk = {{"migration", "01_name"},
                                   {"activity", "backfill"}};
        EXPECT_GT(*now.Value("segue_chunk_duration_seconds_sum", walk), 0);
        EXPECT_LT(*now.Value("segue_chunk_duration_seconds_sum", walk), 60);
      }));
  migrator.Start(manifest::Parse(
      "operations: [{rename_column: {table: users, from: name, to: n}}]",
      "01_name"));
  EXPECT_GT(scrapes, 1);
  EXPECT_EQ(rows, 3000);
  const Exposition last = Read();
  EXPECT_EQ(last.Value("segue_backfill_rows_total", kMigration), 3000);
  EXPECT_GE(last.Value("segue_verify_rows_total", kMigration), 3000);
  EXPECT_THAT(last.Active("segue_migration_ready", "migration"),
              ElementsAre("01_name"));
  EXPECT_EQ(last.Value("segue_retries_total",
                       {{"migration", "01_name"}, {"kind", "lock_timeout"}}),
            0);
}

TEST_P(MetricsTest, SayThatItIsPaused) {
  Database database = db().Open();
  Database other = db().Open();
  Migrator second(other, {});
  bool seen = false;
  Migrator migrator(database, Watched([&](const Progress& progress) {
                      if (progress.event == Progress::Event::kStepStarted &&
                          progress.phase == Phase::kMigrating) {
                        second.RequestPause();
                      }
                      if (progress.event != Progress::Event::kPaused) return;
                      seen = true;
                      EXPECT_EQ(Read().Value("segue_paused", kMigration), 1);
                      second.ClearPause();
                    }));
  migrator.Start(manifest::Parse(
      "operations: [{rename_column: {table: users, from: name, to: n}}]",
      "01_name"));
  EXPECT_TRUE(seen);
  EXPECT_EQ(Read().Value("segue_paused", kMigration), 0);
}

SEGUE_INSTANTIATE(MetricsTest);

}  // namespace
}  // namespace segue::test
