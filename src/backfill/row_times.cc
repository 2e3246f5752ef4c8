#include "backfill/row_times.h"

#include <algorithm>

namespace segue::engine {

double RowTimes::Add(std::chrono::microseconds took, std::int64_t rows) {
  const double per_row = std::max(static_cast<double>(took.count()), 1.0) /
                         static_cast<double>(std::max<std::int64_t>(rows, 1));
  ring_[added_++ % ring_.size()] = per_row;
  return per_row;
}

double RowTimes::Quantile(std::size_t tenths) const {
  const std::size_t count = std::min(added_, ring_.size());
  std::vector<double> sorted(ring_.begin(),
                             ring_.begin() + static_cast<long>(count));
  std::sort(sorted.begin(), sorted.end());
  return sorted[count * tenths / 10];
}

double UsualTime::Times(std::chrono::microseconds took, std::int64_t rows) {
  const double usual = last_.full() ? last_.Quantile(5) : 0;
  const double per_row = last_.Add(took, rows);
  return usual > 0 ? std::max(per_row / usual, 1.0) : 1;
}

}  // namespace segue::engine
