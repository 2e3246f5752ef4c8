#include "backfill/usual_time.h"

#include <algorithm>

namespace segue::backfill {

double UsualTime::Times(std::chrono::microseconds took, std::int64_t rows) {
  const double per_row = std::max(static_cast<double>(took.count()), 1.0) /
                         static_cast<double>(std::max<std::int64_t>(rows, 1));
  double times = 1;
  if (recorded_ >= per_row_.size()) {
    auto sorted = per_row_;
    const auto median = sorted.begin() + sorted.size() / 2;
    std::nth_element(sorted.begin(), median, sorted.end());
    times = std::max(per_row / *median, 1.0);
  }
  per_row_[recorded_++ % per_row_.size()] = per_row;
  return times;
}

}  // namespace segue::backfill
