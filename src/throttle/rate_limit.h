// A limit of rows and bytes per second, which several workers share.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

namespace segue::engine {

// A token bucket that may go into debt: a chunk is moved as a whole, and the
// worker that moved it rests until the bucket is full enough again.
// Thread-safe.
class RateLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // A rate of zero is no limit.
  RateLimit(double rows_per_second, double bytes_per_second);

  // Returns how long to rest after these rows were moved.
  std::chrono::milliseconds Charge(Time now, std::int64_t rows, double bytes);

  // Returns the largest number of rows of one chunk that keeps the rests
  // between chunks short; 0: no limit. `row_bytes` is the size of a row; 0:
  // unknown.
  std::int64_t MostRows(double row_bytes) const;

 private:
  const double rows_per_second_;
  const double bytes_per_second_;
  std::mutex mutex_;
  Time paid_until_{};  // when the rates allow the next chunk
};

}  // namespace segue::engine
