#include "backfill/chunk_size.h"

#include <algorithm>

namespace segue::engine {
namespace {

constexpr double kFewest = 50;    // below, the transaction itself dominates
constexpr double kMost = 50'000;  // above, a lock on rows is held too long
constexpr double kFirst = 1'000;  // unknown table: short at most widths
// What a transaction writes has to be flushed, sent to standbys and replayed
// there in one go.
constexpr double kMostBytes = 32.0 * 1024 * 1024;
constexpr double kGrowth = 1.5;    // a chunk, so that one outlier is harmless
constexpr double kCollapse = 5.0;  // times the target: shrink at once

}  // namespace

ChunkSize::ChunkSize(std::chrono::milliseconds target, std::int64_t row_bytes)
    : target_(static_cast<double>(std::chrono::microseconds(target).count())),
      most_(std::clamp(kMostBytes / static_cast<double>(
                                        std::max<std::int64_t>(row_bytes, 1)),
                       1.0, kMost)) {
  Set(kFirst);
}

// The bound of bytes outranks the fewest.
void ChunkSize::Set(double rows) {
  rows_ = static_cast<std::int64_t>(
      std::clamp(rows, std::min(kFewest, most_), most_));
}

void ChunkSize::Record(std::chrono::microseconds duration, std::int64_t asked) {
  const auto took = static_cast<double>(duration.count());
  const double per_row = last_.Add(duration, asked);
  if (took > kCollapse * target_) {
    Set(target_ / per_row);
    return;
  }
  // The slow tail.
  Set(std::min(target_ / last_.Quantile(9),
               static_cast<double>(rows_) * kGrowth));
}

void ChunkSize::Halve() { Set(static_cast<double>(rows_) / 2); }

}  // namespace segue::engine
