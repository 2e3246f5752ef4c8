// The number of rows of the next chunk.
#pragma once

#include <chrono>
#include <cstdint>

#include "backfill/row_times.h"

namespace segue::engine {

// The size follows a target time: the slow tail (p90) of the last chunks
// counts, growth is gentle, and one very slow chunk shrinks the next one at
// once. A bound in bytes holds for wide rows whatever the time is.
class ChunkSize {
 public:
  // `row_bytes` is the average size of a row of the table; 0: unknown.
  explicit ChunkSize(std::chrono::milliseconds target,
                     std::int64_t row_bytes = 0);

  std::int64_t rows() const { return rows_; }
  // Records that a chunk of `asked` rows, at most rows(), took `duration`.
  void Record(std::chrono::microseconds duration, std::int64_t asked);
  // Halves the size after a deadlock or a lock timeout.
  void Halve();

 private:
  void Set(double rows);

  double target_;  // microseconds
  double most_;    // rows
  std::int64_t rows_ = 0;
  RowTimes last_{10};
};

}  // namespace segue::engine
