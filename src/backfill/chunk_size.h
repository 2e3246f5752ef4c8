// How many rows the next chunk has.
#pragma once

#include <chrono>
#include <cstdint>

#include "backfill/row_times.h"

namespace segue::engine {

// Follows a target time: the slow tail (p90) of the last chunks counts, growth
// is gentle, and one very slow chunk shrinks the next at once. Wide rows keep
// it within a bound of bytes whatever the time.
class ChunkSize {
 public:
  // `row_bytes`: what a row of the table takes on the average; 0: unknown.
  explicit ChunkSize(std::chrono::milliseconds target,
                     std::int64_t row_bytes = 0);

  std::int64_t rows() const { return rows_; }
  // A chunk of `asked` rows, rows() or fewer, took `duration`.
  void Record(std::chrono::microseconds duration, std::int64_t asked);
  // After a deadlock or a lock timeout.
  void Halve();

 private:
  void Set(double rows);

  double target_;  // microseconds
  double most_;    // rows
  std::int64_t rows_ = 0;
  RowTimes last_{10};
};

}  // namespace segue::engine
