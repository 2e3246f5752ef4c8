// Whether a chunk took longer than those before it.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace segue::backfill {

// Of chunks that do the same, which may differ in their rows.
class UsualTime {
 public:
  // How long a chunk took, times the median of those before it, row by row; 1
  // at least, and while little is known.
  double Times(std::chrono::microseconds took, std::int64_t rows);

 private:
  std::array<double, 11> per_row_{};  // microseconds a row, a ring
  std::size_t recorded_ = 0;
};

}  // namespace segue::backfill
