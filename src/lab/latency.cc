#include "lab/latency.h"

#include <algorithm>
#include <cmath>

namespace segue::lab {
namespace {

constexpr double kGrowth = 1.02;

double BucketTopMs(std::size_t bucket) {
  return std::pow(kGrowth, static_cast<double>(bucket)) / 1000.0;
}

}  // namespace

void LatencyHistogram::Add(std::chrono::nanoseconds duration) {
  const double us = static_cast<double>(duration.count()) / 1000.0;
  const double bucket =
      us <= 1 ? 0 : std::ceil(std::log(us) / std::log(kGrowth));
  ++buckets_[std::min(static_cast<std::size_t>(bucket), kBuckets - 1)];
  ++count_;
  max_ms_ = std::max(max_ms_, us / 1000.0);
}

void LatencyHistogram::Add(const LatencyHistogram& other) {
  for (std::size_t i = 0; i < kBuckets; ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  max_ms_ = std::max(max_ms_, other.max_ms_);
}

double LatencyHistogram::PercentileMs(double fraction) const {
  if (count_ == 0) return 0;
  const auto wanted = static_cast<std::int64_t>(
      std::ceil(fraction * static_cast<double>(count_)));
  std::int64_t seen = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    seen += buckets_[i];
    if (seen >= wanted) return std::min(BucketTopMs(i), max_ms_);
  }
  return max_ms_;
}

}  // namespace segue::lab
