// Measures the time of statements in constant space.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace segue::lab {

// Counts durations in buckets that grow by 2 %, from 1 microsecond to several
// minutes, so that a percentile is exact to 2 %. Not thread-safe.
class LatencyHistogram {
 public:
  void Add(std::chrono::nanoseconds duration);
  void Add(const LatencyHistogram& other);

  std::int64_t count() const { return count_; }
  double max_ms() const { return max_ms_; }
  // Returns the time below which this fraction of the statements stayed, such
  // as 0.99; above 0 and at most 1. Returns 0 when nothing was counted.
  double PercentileMs(double fraction) const;

 private:
  static constexpr std::size_t kBuckets = 1000;  // 1.02^1000 us: six minutes

  std::array<std::int64_t, kBuckets> buckets_{};
  std::int64_t count_ = 0;
  double max_ms_ = 0;
};

}  // namespace segue::lab
