#include "backfill/walk.h"

#include <algorithm>

#include "segue/error.h"

namespace segue::backfill {
namespace {

using Clock = std::chrono::steady_clock;

// One walk: the position in memory runs ahead of the saved one only within a
// chunk's transaction.
class Walker {
 public:
  Walker(Host& host, const MotionSql& motion, const RangeSql& statement,
         const WalkOptions& options,
         const std::function<void(const db::Result&)>& on_rows)
      : host_(host),
        motion_(motion),
        statement_(statement),
        options_(options),
        on_rows_(on_rows),
        size_(options.chunk_time),
        position_(host.Load()),
        started_(Clock::now()),
        rows_at_start_(position_.rows) {}

  void Run() {
    while (!position_.done) {
      host_.BeforeChunk();
      const auto begin = Clock::now();
      const std::int64_t rows = size_.rows();
      host_.Resiliently([this] { Chunk(); }, [this] { size_.Halve(); },
                        [this] { Reload(); });
      const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
          Clock::now() - begin);
      // A last, partial chunk says nothing about the speed of a full one.
      if (!position_.done) size_.Record(took);
      host_.Moved(position_, rows);
      RestAfter(took);
    }
  }

 private:
  // Where one row refuses, the whole range goes the careful way.
  void Chunk() {
    if (options_.when_refused == nullptr) return Move(statement_);
    try {
      Move(statement_);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kConstraint) throw;
      Move(*options_.when_refused);
    }
  }

  void Move(const RangeSql& statement) {
    const db::TransactionOptions options{
        options_.writes ? db::Purpose::kBackfill : db::Purpose::kRead,
        options_.lock_budget};
    Position next = position_;
    db::Connection& connection = host_.connection();
    db::Transaction transaction(connection, options);
    if (options_.writes) host_.Fence();
    const std::int64_t asked = size_.rows();
    Range range{position_.cursor,
                NextBound(connection, motion_, position_.cursor, asked)};
    const db::Result result = Execute(connection, statement, range);
    Advance(next, range, result, asked);
    if (options_.writes) host_.Save(next);
    transaction.Commit();
    position_ = next;
    on_rows_(result);
  }

  // Only what is saved can have been lost or kept by a commit in doubt.
  void Reload() {
    if (options_.writes) position_ = host_.Load();
  }

  void Advance(Position& next, const Range& range, const db::Result& result,
               std::int64_t asked) const {
    next.done = range.upper.empty();
    if (!next.done) next.cursor = range.upper;
    next.rows += options_.writes ? result.affected : asked;
    const std::chrono::duration<double> elapsed = Clock::now() - started_;
    next.rate = static_cast<double>(next.rows - rows_at_start_) /
                std::max(elapsed.count(), 0.001);
  }

  void RestAfter(std::chrono::microseconds took) {
    if (options_.rest <= 0 || position_.done) return;
    const double millis =
        static_cast<double>(took.count()) / 1000.0 * options_.rest;
    host_.Rest(std::chrono::milliseconds(static_cast<std::int64_t>(millis)));
  }

  Host& host_;
  const MotionSql& motion_;
  const RangeSql& statement_;
  const WalkOptions& options_;
  const std::function<void(const db::Result&)>& on_rows_;
  ChunkSize size_;
  Position position_;
  Clock::time_point started_;
  std::int64_t rows_at_start_;
};

}  // namespace

void Walk(Host& host, const MotionSql& motion, const RangeSql& statement,
          const WalkOptions& options,
          const std::function<void(const db::Result&)>& on_rows) {
  Walker(host, motion, statement, options, on_rows).Run();
}

}  // namespace segue::backfill
