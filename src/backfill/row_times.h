// The time per row of the last chunks.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace segue::engine {

// Keeps the last `most` chunks, which may have different numbers of rows.
class RowTimes {
 public:
  explicit RowTimes(std::size_t most) : ring_(most) {}

  // Adds a chunk, and returns its time per row in microseconds.
  double Add(std::chrono::microseconds took, std::int64_t rows);
  bool full() const { return added_ >= ring_.size(); }
  // Returns the time per row that this many tenths of the chunks did not
  // exceed. At least one chunk must have been added.
  double Quantile(std::size_t tenths) const;

 private:
  std::vector<double> ring_;
  std::size_t added_ = 0;
};

// Compares the time of a chunk with the times of earlier chunks that did the
// same work.
class UsualTime {
 public:
  // Returns how many times the median of the earlier chunks this chunk took,
  // per row; never less than 1, and 1 while few chunks are known.
  double Times(std::chrono::microseconds took, std::int64_t rows);

 private:
  RowTimes last_{11};
};

}  // namespace segue::engine
