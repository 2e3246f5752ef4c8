#include "throttle/rate_limit.h"

#include <algorithm>

namespace segue::engine {
namespace {

using Seconds = std::chrono::duration<double>;

// A chunk may move at most what the rates allow in this many seconds.
constexpr double kChunkWorth = 0.5;
// Unused time is saved up for only a moment, because a burst after a long pause
// would break the purpose of the limit.
constexpr std::chrono::milliseconds kSaved{200};

}  // namespace

RateLimit::RateLimit(double rows_per_second, double bytes_per_second)
    : rows_per_second_(rows_per_second), bytes_per_second_(bytes_per_second) {}

std::chrono::milliseconds RateLimit::Charge(Time now, std::int64_t rows,
                                            double bytes) {
  double worth = 0;
  if (rows_per_second_ > 0) {
    worth = static_cast<double>(rows) / rows_per_second_;
  }
  if (bytes_per_second_ > 0) worth = std::max(worth, bytes / bytes_per_second_);
  if (worth <= 0) return std::chrono::milliseconds(0);
  const std::lock_guard<std::mutex> lock(mutex_);
  paid_until_ = std::max(paid_until_, now - kSaved) +
                std::chrono::duration_cast<Time::duration>(Seconds(worth));
  const auto rest =
      std::chrono::duration_cast<std::chrono::milliseconds>(paid_until_ - now);
  return std::max(rest, std::chrono::milliseconds(0));
}

std::int64_t RateLimit::MostRows(double row_bytes) const {
  double most = 0;
  if (rows_per_second_ > 0) most = rows_per_second_ * kChunkWorth;
  if (bytes_per_second_ > 0 && row_bytes > 0) {
    const double by_bytes = bytes_per_second_ * kChunkWorth / row_bytes;
    most = most > 0 ? std::min(most, by_bytes) : by_bytes;
  }
  if (most <= 0) return 0;
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(most));
}

}  // namespace segue::engine
