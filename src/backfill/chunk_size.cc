#include "backfill/chunk_size.h"

#include <algorithm>

namespace segue::engine {
namespace {

// Below this number of rows the transaction itself takes most of the time.
constexpr double kFewest = 50;
// Above this number the locks on rows are held too long.
constexpr double kMost = 50'000;
// A chunk of a table that is not known yet is short for most widths of rows.
constexpr double kFirst = 1'000;
// A transaction's writes are flushed, sent to standbys and replayed there in
// one go, so they must stay few.
constexpr double kMostBytes = 32.0 * 1024 * 1024;
// The size grows by at most this factor per chunk, so that one outlier does no
// harm.
constexpr double kGrowth = 1.5;
// A chunk that takes this many times the target time shrinks the next one at
// once.
constexpr double kCollapse = 5.0;

}  // namespace

ChunkSize::ChunkSize(std::chrono::milliseconds target, std::int64_t row_bytes)
    : target_(static_cast<double>(std::chrono::microseconds(target).count())),
      most_(std::clamp(kMostBytes / static_cast<double>(
                                        std::max<std::int64_t>(row_bytes, 1)),
                       1.0, kMost)) {
  Set(kFirst);
}

// The bound in bytes outranks the smallest number of rows.
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
  // The slow tail counts, not the mean.
  Set(std::min(target_ / last_.Quantile(9),
               static_cast<double>(rows_) * kGrowth));
}

void ChunkSize::Halve() { Set(static_cast<double>(rows_) / 2); }

}  // namespace segue::engine
