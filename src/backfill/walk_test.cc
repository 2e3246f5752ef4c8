#include "backfill/walk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace segue::engine {
namespace {

constexpr std::int64_t kRows = 20'000;
constexpr int kShares = 4;

RangeSql Shapes(const std::string& name) {
  return {name + " all", name + " after", name + " upto", name + " between"};
}

bool Is(std::string_view sql, std::string_view part) {
  return sql.find(part) != std::string_view::npos;
}

struct Deadlock {};

// A table with the keys 1 to kRows, in which every fourth key belongs to the
// same share.
class Table : public db::Connection {
 public:
  db::Result Execute(std::string_view sql,
                     const std::vector<db::Value>& parameters) override {
    if (sql == "rows") return {{}, {{kRows, std::int64_t{200}}}, 0, {}};
    std::size_t next = 0;
    const auto take = [&] { return db::ToInt(parameters.at(next++)); };
    const bool above = Is(sql, "after") || Is(sql, "between");
    const bool below = Is(sql, "upto") || Is(sql, "between");
    const std::int64_t lower = above ? take() : 0;
    const std::int64_t upper = below ? take() : kRows;
    if (Is(sql, "bound")) return Bounds(lower, upper, take());
    return Move(lower, upper, Is(sql, "share") ? take() : -1);
  }
  void ExecuteScript(std::string_view) override {}
  void Begin(const db::TransactionOptions&) override {}
  void Commit() override {}
  void Rollback() noexcept override {}
  void Interrupt() noexcept override {}
  std::string SessionId() override { return "1"; }
  bool alive() const override { return true; }

  std::set<std::int64_t> moved;
  bool deadlock = false;             // in the next chunk
  int bounds_at_once = 1;            // at most
  std::size_t bounds = 0;            // number of requests
  std::vector<std::int64_t> chunks;  // rows of each

 private:
  db::Result Bounds(std::int64_t lower, std::int64_t upper, std::int64_t rows) {
    ++bounds;
    db::Result found;
    for (int i = 1; i <= bounds_at_once && lower + i * rows < upper; ++i) {
      found.rows.push_back({lower + i * rows});
    }
    return found;
  }
  db::Result Move(std::int64_t lower, std::int64_t upper, std::int64_t share) {
    if (std::exchange(deadlock, false)) throw Deadlock();
    chunks.push_back(upper - lower);
    db::Result result;
    for (std::int64_t key = lower + 1; key <= upper; ++key) {
      if (share >= 0 && key % kShares != share) continue;
      result.affected += moved.insert(key).second ? 1 : 0;
    }
    return result;
  }
};

class Alone : public Host {
 public:
  explicit Alone(std::function<std::int64_t(std::size_t chunk)> rows)
      : rows_(std::move(rows)) {}

  db::Connection& connection() override { return table; }
  std::optional<Span> Claim() override {
    if (claimed_) return std::nullopt;
    claimed_ = true;
    return Span{};
  }
  void BeforeChunk() override {}
  void Fence() override {}
  bool Commit(db::Transaction& transaction, const Span& span) override {
    transaction.Commit();
    saved = span;
    return true;
  }
  void Moved(std::int64_t, std::int64_t) override {}
  void Resiliently(const std::function<void()>& chunk,
                   const std::function<void()>& smaller,
                   const std::function<void()>&) override {
    try {
      chunk();
    } catch (const Deadlock&) {
      smaller();
      chunk();
    }
  }
  std::optional<Span> Load(const Span&) override { return saved; }
  bool MakesWay() override { return true; }
  std::int64_t ChunkRows(std::int64_t) override {
    return rows_(table.chunks.size());
  }
  void RestAfter(const Took&, double, std::int64_t) override {}

  Table table;
  Span saved;

 private:
  const std::function<std::int64_t(std::size_t chunk)> rows_;
  bool claimed_ = false;
};

void WalkAll(Alone& host, bool in_shares) {
  WalkSql walk;
  walk.estimated_rows = "rows";
  walk.next_bound = Shapes("bound");
  walk.statement = Shapes("fill");
  walk.writes = true;
  walk.share = Shapes("share");
  walk.shares = kShares;
  WalkOptions options;
  options.in_shares = in_shares;
  Walk(host, walk, options, [](const db::Result&) {});
  EXPECT_EQ(host.table.moved.size(), static_cast<std::size_t>(kRows));
  EXPECT_EQ(host.saved.rows, kRows);
  EXPECT_TRUE(host.saved.done);
}

void WalkInShares(Alone& host) { WalkAll(host, true); }

// The limit of rows per chunk is never twice the same.
TEST(WalkTest, AllSharesKeepToTheBoundsOfTheFirst) {
  Alone host([](std::size_t chunk) { return 100 + chunk * 37 % 90; });
  WalkInShares(host);
  EXPECT_GT(host.table.chunks.size(), 400U);
  EXPECT_LT(host.table.bounds, host.table.chunks.size() / kShares + 40);
}

TEST(WalkTest, TakesTheBoundsThatAreGivenAtOnce) {
  Alone host([](std::size_t) { return 125; });
  host.table.bounds_at_once = 8;
  WalkInShares(host);
  EXPECT_GT(host.table.chunks.size(), kRows / 125);
  EXPECT_LT(host.table.bounds, host.table.chunks.size() / 4 / kShares);
}

TEST(WalkTest, TakesTheBoundsThatAreGivenAtOnceWithoutSharesToo) {
  Alone host([](std::size_t) { return 100; });
  host.table.bounds_at_once = 8;
  WalkAll(host, false);
  EXPECT_EQ(host.table.chunks, std::vector<std::int64_t>(kRows / 100, 100));
  EXPECT_EQ(host.table.bounds, kRows / 100 / 8 + 1);
}

// The test slows the walk down in the middle of a share whose bounds were made
// at full speed.
TEST(WalkTest, ChunksGetShorterAtOnceWhenItHasToGoSlower) {
  constexpr std::size_t kFast = 20;  // chunks
  for (const int bounds_at_once : {1, 8}) {
    Alone host([](std::size_t chunk) { return chunk < kFast ? 500 : 50; });
    host.table.bounds_at_once = bounds_at_once;
    WalkInShares(host);
    const std::vector<std::int64_t>& chunks = host.table.chunks;
    EXPECT_EQ(chunks[kFast - 1], 500);
    EXPECT_LE(*std::max_element(chunks.begin() + kFast, chunks.end()), 100);
  }
}

TEST(WalkTest, ChunksGetShorterAtOnceAfterADeadlock) {
  constexpr std::size_t kBefore = 20;  // chunks
  bool came = false;
  Alone host([&](std::size_t chunk) {
    if (chunk == kBefore) host.table.deadlock = !std::exchange(came, true);
    return chunk < kBefore ? 100 : 60;
  });
  host.table.bounds_at_once = 8;
  WalkInShares(host);
  EXPECT_EQ(host.table.chunks[kBefore - 1], 100);
  EXPECT_LE(host.table.chunks[kBefore], 60);
}

}  // namespace
}  // namespace segue::engine
