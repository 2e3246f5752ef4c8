#include "backfill/walk.h"

#include <algorithm>
#include <utility>

#include "backfill/row_times.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

using Clock = std::chrono::steady_clock;

std::chrono::microseconds Since(Clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() -
                                                               begin);
}

// A lap is walked once for each share. It is short enough that its pages are
// still in memory the second time, and long enough that the transactions that
// began during one share's chunk have ended by then.
constexpr std::int64_t kChunksPerLap = 8;

// An existing bound is used up to this many times the rows that a chunk should
// have now. The right size changes with each chunk, and it costs time to ask
// for another bound.
constexpr std::int64_t kSlack = 2;

// The end of a chunk; an empty bound means the end of the lap.
struct Cut {
  std::vector<db::Value> upper;
  std::int64_t asked = 0;  // in rows
};

// A part of a span, which is walked share by share.
struct Lap {
  std::vector<db::Value> upper;
  bool last = true;    // the lap ends where the span does
  bool known = false;  // upper and last are known
  int share = 0;
  std::int64_t moved = 0;     // rows that the first share moved
  std::vector<db::Value> at;  // last key done of this share
  // The first share makes the cuts, and the other shares keep to them.
  std::vector<Cut> cuts;
  std::size_t next = 0;  // index of the next cut
};

// Returns 0 when the size is unknown: a plan of an earlier segue asks for the
// number of rows only.
std::int64_t RowBytes(db::Connection& connection, const WalkSql& walk) {
  const db::Result found = connection.Execute(walk.estimated_rows);
  if (found.rows.empty() || found.rows[0].size() < 2) return 0;
  const db::Value& bytes = found.rows[0][1];
  return db::IsNull(bytes) ? 0 : db::ToInt(bytes);
}

// One walk. The position in memory is ahead of the saved one only within a
// chunk's transaction.
class Walker {
 public:
  Walker(Host& host, const WalkSql& walk, const WalkOptions& options,
         const std::function<void(const db::Result&)>& on_rows)
      : host_(host),
        walk_(walk),
        options_(options),
        on_rows_(on_rows),
        size_(options.chunk_time),
        usual_(static_cast<std::size_t>(LastShare()) + 1) {}

  void Run() {
    host_.Resiliently(
        [this] {
          size_ = ChunkSize(options_.chunk_time,
                            RowBytes(host_.connection(), walk_));
        },
        [] {}, [] {});
    while (std::optional<Span> span = host_.Claim()) {
      span_ = std::move(*span);
      mine_ = true;
      StartLap();
      while (mine_ && !span_.done) Step();
    }
  }

 private:
  void Step() {
    host_.BeforeChunk();
    whole_ = false;
    moved_ = 0;
    commit_took_ = {};
    const auto share = static_cast<std::size_t>(lap_.share);
    const auto begin = Clock::now();
    try {
      host_.Resiliently([this] { Chunk(); }, [this] { Halve(); },
                        [this] { Reload(); });
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kRefused || !IsTakenBack()) throw;
    }
    if (!mine_) return;
    Took took;
    // The wait for the commit does not count, because it takes nothing from
    // clients.
    took.chunk = Since(begin) - commit_took_;
    // A last, partial chunk says nothing about the speed of a full one. The
    // round trips around the statement do not count either: on a busy machine
    // they take most of the time of a small chunk, which would become smaller
    // and smaller.
    if (whole_) {
      took.times_usual =
          usual_[share].Times(statement_took_ + commit_took_, asked_);
      size_.Record(statement_took_, asked_);
    }
    host_.Moved(asked_, moved_);
    if (!span_.done) host_.RestAfter(took, options_.rest, moved_);
  }

  // A rollback deletes the spans first and then the columns, which a chunk in
  // another process may be about to write.
  bool IsTakenBack() {
    host_.Resiliently([this] { mine_ = host_.Load(span_).has_value(); }, [] {},
                      [] {});
    return !mine_;
  }

  // The lap starts at the saved position.
  void StartLap() {
    lap_ = Lap{};
    lap_.upper = span_.range.upper;
    lap_.at = Cursor();
    if (LastShare() == 0) lap_.known = true;  // a single share does not return
  }

  void FindEndOfLap(db::Connection& connection) {
    lap_.known = true;
    std::vector<db::Value> bound =
        NextBound(connection, walk_.next_bound, {lap_.at, span_.range.upper},
                  size_.rows() * kChunksPerLap);
    if (bound.empty()) return;
    lap_.upper = std::move(bound);
    lap_.last = false;
  }

  const std::vector<db::Value>& Cursor() const {
    return span_.cursor.empty() ? span_.range.lower : span_.cursor;
  }

  int LastShare() const { return options_.in_shares ? walk_.shares - 1 : 0; }

  // When one row breaks a constraint, the whole range is done by the slower
  // statement that marks such rows. The last share takes all rows that are
  // left.
  void Chunk() {
    if (!mine_) return;  // found when the connection came back
    if (walk_.when_refused.all.empty()) return Move(false);
    try {
      Move(false);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kConstraint) throw;
      Move(true);
    }
  }

  void Move(bool refused) {
    db::TransactionOptions options{
        walk_.writes ? db::Purpose::kBackfill : db::Purpose::kRead,
        options_.lock_budget};
    // A chunk that makes way flushes its commit, so that it feels a slow disk
    // as clients do, and then rests longer.
    options.flush = host_.MakesWay();
    db::Connection& connection = host_.rows();
    db::Transaction transaction(connection, options);
    if (walk_.writes) host_.Fence();
    if (!lap_.known) FindEndOfLap(connection);
    const Cut cut = NextCut(connection, host_.ChunkRows(size_.rows()));
    asked_ = cut.asked;
    Range range{lap_.at, lap_.upper};
    const bool whole = !cut.upper.empty();
    const bool all = lap_.share == LastShare();
    if (whole) range.upper = cut.upper;
    const auto begin = Clock::now();
    db::Result said = Run(connection, range, all, refused);
    statement_took_ = Since(begin);
    const db::Result result = Confirmed(std::move(said), range);
    Span next = span_;
    next.rows += walk_.writes ? result.affected : asked_;
    if (all && whole) next.cursor = range.upper;
    if (all && !whole) next.cursor = lap_.upper;
    next.done = all && !whole && lap_.last;
    const auto commit = Clock::now();
    mine_ = host_.Commit(transaction, next);
    if (!mine_) return;
    commit_took_ = Since(commit);
    moved_ = next.rows - span_.rows;
    span_ = std::move(next);
    Advance(cut, all);
    on_rows_(result);
  }

  // The bounds are kept for all shares, because counting the rows again for
  // each share would take a third of the time of moving them.
  Cut NextCut(db::Connection& connection, std::int64_t rows) {
    if (lap_.next < lap_.cuts.size() &&
        lap_.cuts[lap_.next].asked > rows * kSlack) {
      ForgetCuts();  // the chunks are smaller now
    }
    if (lap_.next == lap_.cuts.size()) {
      for (db::Row& bound : NextBounds(connection, walk_.next_bound,
                                       {lap_.at, lap_.upper}, rows)) {
        lap_.cuts.push_back({std::move(bound), rows});
      }
    }
    if (lap_.next == lap_.cuts.size()) lap_.cuts.push_back({{}, rows});
    return lap_.cuts[lap_.next];
  }

  void ForgetCuts() { lap_.cuts.resize(lap_.next); }

  void Halve() {
    size_.Halve();
    ForgetCuts();
  }

  db::Result Run(db::Connection& connection, const Range& range, bool all,
                 bool refused) const {
    if (refused) return Execute(connection, walk_.when_refused, range);
    if (all) return Execute(connection, walk_.statement, range);
    return Execute(connection, walk_.share, range, {std::int64_t{lap_.share}});
  }

  // A mismatch that is found on a standby is not final. Each snapshot of the
  // standby has whole transactions, so no row is half written; but the row may
  // have been written again since, and `up` and `down` may give other results
  // there, under other settings or another C library. A chunk with such rows is
  // therefore read again in the database, and that result counts.
  db::Result Confirmed(db::Result said, const Range& range) {
    db::Connection& truth = host_.connection();
    if (said.rows.empty() || &truth == &host_.rows()) return said;
    db::Transaction transaction(truth,
                                {db::Purpose::kRead, options_.lock_budget});
    said = Execute(truth, walk_.statement, range);
    transaction.Commit();
    return said;
  }

  void Advance(const Cut& cut, bool all) {
    whole_ = !cut.upper.empty();
    ++lap_.next;
    if (lap_.share == 0) lap_.moved += moved_;
    // With a single share the walk does not return to the cuts.
    if (LastShare() == 0 && lap_.next == lap_.cuts.size()) {
      lap_.cuts.clear();
      lap_.next = 0;
    }
    if (whole_) {
      lap_.at = cut.upper;
    } else if (all) {
      StartLap();
    } else {
      // A lap in which the first share has found nothing needs only one more
      // share.
      lap_.share = lap_.moved == 0 ? LastShare() : lap_.share + 1;
      lap_.next = 0;
      lap_.at = Cursor();
    }
  }

  // A commit in doubt has kept or lost only what is saved, so the position is
  // read again.
  void Reload() {
    if (!walk_.writes) return;
    std::optional<Span> saved = host_.Load(span_);
    mine_ = saved.has_value();
    if (!mine_) return;
    span_ = std::move(*saved);
    StartLap();
  }

  Host& host_;
  const WalkSql& walk_;
  const WalkOptions& options_;
  const std::function<void(const db::Result&)>& on_rows_;
  ChunkSize size_;
  // Each share has its own usual time, because the first share takes longest.
  std::vector<UsualTime> usual_;
  Span span_;
  Lap lap_;
  bool mine_ = true;
  bool whole_ = false;
  std::int64_t asked_ = 0;
  std::int64_t moved_ = 0;
  std::chrono::microseconds statement_took_{0};
  std::chrono::microseconds commit_took_{0};
};

}  // namespace

void Walk(Host& host, const WalkSql& walk, const WalkOptions& options,
          const std::function<void(const db::Result&)>& on_rows) {
  Walker(host, walk, options, on_rows).Run();
}

}  // namespace segue::engine
