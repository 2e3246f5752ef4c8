// What a row took in the last chunks.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace segue::engine {

// The last `most` of them, which may differ in their rows.
class RowTimes {
 public:
  explicit RowTimes(std::size_t most) : ring_(most) {}

  // Answers what it adds: microseconds a row.
  double Add(std::chrono::microseconds took, std::int64_t rows);
  bool full() const { return added_ >= ring_.size(); }
  // So many tenths took no longer than this; something must have been added.
  double Quantile(std::size_t tenths) const;

 private:
  std::vector<double> ring_;
  std::size_t added_ = 0;
};

// Whether a chunk took longer than those before it, which did the same.
class UsualTime {
 public:
  // How long a chunk took, times the median of those before it, row by row; 1
  // at least, and while little is known.
  double Times(std::chrono::microseconds took, std::int64_t rows);

 private:
  RowTimes last_{11};
};

}  // namespace segue::engine
