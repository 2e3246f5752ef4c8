// However little PostgreSQL knows of a table, a chunk reads its own part of the
// key's index and of the table, and no more.
#include <gmock/gmock.h>

#include <sstream>

#include "backfill/range.h"
#include "tests/conformance/sync_fixture.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kRows = 30'000;
constexpr int kChunk = 500;

class ChunkPlanTest : public SyncTest {
 protected:
  // A table with rows of about 100 bytes, all filled; the statistics are as
  // `statistics` leaves them.
  void Prepare(const std::string& columns, const std::string& values,
               const std::string& statistics) {
    Install("CREATE TABLE t(" + columns + ") WITH (autovacuum_enabled = off);" +
                "INSERT INTO t SELECT " + values +
                ", 'ROW' || i, repeat('x', 60) FROM "
                "generate_series(1, " +
                std::to_string(kRows) + ") i",
            Lossy());
    bed().Fill(10'000);
    db().Exec(statistics);
  }

  // The plan of a statement as a walk runs it, with the pages it read.
  std::string Explained(const RangeSql& sql, const engine::Range& range,
                        const std::vector<db::Value>& more = {}) {
    const auto explained = [](const std::string& text) {
      return "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF) " +
             text;
    };
    const RangeSql all = {explained(sql.all), explained(sql.after),
                          explained(sql.upto), explained(sql.between)};
    db::Transaction transaction(
        bed().connection(),
        {db::Purpose::kBackfill, std::chrono::milliseconds(500)});
    std::string plan;
    for (const db::Row& row :
         engine::Execute(bed().connection(), all, range, more).rows) {
      plan += db::ToText(row[0]) + "\n";
    }
    return plan;
  }

  // Of the node at the top, which counts for all below.
  static int Pages(const std::string& plan) {
    const std::size_t at = plan.find("Buffers: shared ");
    if (at == std::string::npos) return 0;
    std::istringstream words(plan.substr(at + 16, plan.find('\n', at) - at));
    int pages = 0;
    for (std::string word; words >> word;) {
      const bool counts = word.starts_with("hit=") || word.starts_with("read=");
      if (counts) pages += std::stoi(word.substr(word.find('=') + 1));
    }
    return pages;
  }

  // Each row is read at most where it was and where it is; what is more than
  // that reads rows, or keys, of other chunks. Of these 30,000 there are 160
  // pages of keys.
  void ReadsLittle(const engine::Range& range) {
    const std::string plan =
        Explained(bed().sql().verify.at(0).statement, range);
    EXPECT_THAT(plan, Not(HasSubstr("Seq Scan")));
    EXPECT_GT(Pages(plan), 3) << plan;
    EXPECT_LT(Pages(plan), 2 * kChunk + 25) << plan;
    // Nor does the search for the next chunk look past what it may have.
    const std::string next = Explained(bed().sql().verify.at(0).next_bound,
                                       range, {std::int64_t{kChunk + 100}});
    EXPECT_THAT(next, Not(HasSubstr("Seq Scan")));
    EXPECT_LT(Pages(next), 2 * (kChunk + 100) + 25) << next;
  }
};

constexpr char kNever[] = "SELECT 1";
constexpr char kAnalyzed[] = "ANALYZE t";
// As they were when the table had a hundred rows.
constexpr char kStale[] =
    "UPDATE pg_class SET reltuples = 100, relpages = 2 WHERE oid = "
    "'t'::regclass";

TEST_P(ChunkPlanTest, OfAPlainKeyReadsItsOwnPart) {
  for (const char* statistics : {kNever, kAnalyzed, kStale}) {
    SCOPED_TRACE(statistics);
    db().Exec("DROP TABLE IF EXISTS t");
    Prepare("id integer PRIMARY KEY, o text, payload text", "i", statistics);
    ReadsLittle({{std::int64_t{15'000}}, {std::int64_t{15'500}}});
    ReadsLittle({{}, {std::int64_t{500}}});
    ReadsLittle({{std::int64_t{29'500}}, {}});
  }
}

TEST_P(ChunkPlanTest, OfAKeyWithOneTenantReadsItsOwnPart) {
  for (const char* statistics : {kNever, kAnalyzed, kStale}) {
    SCOPED_TRACE(statistics);
    db().Exec("DROP TABLE IF EXISTS t");
    Prepare(
        "tenant integer, id bigint, o text, payload text, "
        "PRIMARY KEY (tenant, id)",
        "1, i", statistics);
    const std::int64_t one = 1;
    ReadsLittle({{one, std::int64_t{15'000}}, {one, std::int64_t{15'500}}});
    ReadsLittle({{}, {one, std::int64_t{500}}});
    ReadsLittle({{one, std::int64_t{29'500}}, {}});
    // From the last rows of one into the next.
    ReadsLittle({{one, std::int64_t{29'500}}, {one + 1, std::int64_t{7}}});
  }
}

TEST_P(ChunkPlanTest, OfTheFillReadsItsOwnPages) {
  SEGUE_SKIP_BEFORE(14);  // which can walk by position
  for (const char* statistics : {kNever, kAnalyzed, kStale}) {
    SCOPED_TRACE(statistics);
    db().Exec("DROP TABLE IF EXISTS t");
    Prepare("id integer PRIMARY KEY, o text, payload text", "i", statistics);
    const MotionSql& sql = bed().sql();
    const std::string from = "(100,65535)";
    const std::string to = "(110,65535)";
    const std::vector<db::Value> first_share = {std::int64_t{0}};
    for (const std::string& plan :
         {Explained(sql.fill->statement, {{from}, {to}}),
          Explained(sql.fill->statement, {{}, {to}}),
          Explained(sql.fill->share, {{from}, {to}}, first_share)}) {
      EXPECT_THAT(plan, HasSubstr("Tid Range Scan"));
      EXPECT_LT(Pages(plan), 120) << plan;
    }
  }
}

TEST_P(ChunkPlanTest, OfATableWithoutAKeyReadsItsOwnPart) {
  SEGUE_SKIP_BEFORE(14);  // which can walk by position
  for (const char* statistics : {kNever, kAnalyzed, kStale}) {
    SCOPED_TRACE(statistics);
    db().Exec("DROP TABLE IF EXISTS t");
    Prepare("id integer, o text, payload text", "i", statistics);
    ReadsLittle({{std::string("(100,65535)")}, {std::string("(110,65535)")}});
    ReadsLittle({{}, {std::string("(10,65535)")}});
  }
}

// The bounds of a chunk in the order of the key, whichever columns are equal.
TEST_P(ChunkPlanTest, OfAKeyOfThreeHasTheRowsBetweenItsBounds) {
  Install(
      "CREATE TABLE t(a integer, b text COLLATE \"C\", c integer, o text, "
      "PRIMARY KEY (a, b, c)); INSERT INTO t SELECT i / 25, chr(65 + i / 5 % "
      "5), i % 5, 'X' FROM generate_series(0, 124) i",
      Lossy());
  const auto key = [](int i) {
    return std::vector<db::Value>{
        std::int64_t{i / 25},
        std::string(1, static_cast<char>('A' + i / 5 % 5)),
        std::int64_t{i % 5}};
  };
  for (int low = 0; low < 125; low += 7) {
    for (int high = low; high < 125; high += 3) {
      db::Transaction transaction(
          bed().connection(),
          {db::Purpose::kBackfill, std::chrono::milliseconds(500)});
      const engine::Range between{key(low), key(high)};
      EXPECT_EQ(engine::Execute(bed().connection(),
                                bed().sql().repair->statement, between)
                    .affected,
                high - low)
          << low << " " << high;
    }
    db::Transaction transaction(
        bed().connection(),
        {db::Purpose::kBackfill, std::chrono::milliseconds(500)});
    EXPECT_EQ(engine::Execute(bed().connection(), bed().sql().repair->statement,
                              {{}, key(low)})
                  .affected,
              low + 1);
  }
}

SEGUE_INSTANTIATE_ON(ChunkPlanTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
