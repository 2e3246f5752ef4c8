// Rows and bytes a second, for several workers together.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

namespace segue::engine {

// A bucket that may run into debt: a chunk is moved whole, and whoever moved it
// rests until the bucket is full enough again. Thread-safe.
class RateLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Zero: no limit.
  RateLimit(double rows_per_second, double bytes_per_second);

  // How long to rest after these were moved.
  std::chrono::milliseconds Charge(Time now, std::int64_t rows, double bytes);

  // The most rows of one chunk, so that the rests between chunks stay short;
  // 0: no limit. `row_bytes`: the size of a row, 0 where it is not known.
  std::int64_t MostRows(double row_bytes) const;

 private:
  const double rows_per_second_;
  const double bytes_per_second_;
  std::mutex mutex_;
  Time paid_until_{};  // everything moved so far is worth this time
};

}  // namespace segue::engine
