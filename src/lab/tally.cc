#include "lab/tally.h"

namespace segue::lab {
namespace {

// These samples show what went wrong; the counts show how often.
constexpr std::size_t kMaxSamples = 10;

}  // namespace

void Tally::Read(std::chrono::nanoseconds took) {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++report_.reads;
  latencies_.Add(took);
}

void Tally::Write(std::chrono::nanoseconds took) {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++report_.writes;
  latencies_.Add(took);
}

void Tally::Failed(const std::string& what) {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++report_.failed;
  Sample(what);
}

void Tally::Lost(const std::string& what) {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++report_.lost;
  Sample(what);
}

void Tally::Diverged(const std::string& what) {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++report_.diverged;
  Sample(what);
}

void Tally::Sample(const std::string& what) {
  if (report_.samples.size() < kMaxSamples) report_.samples.push_back(what);
}

void Tally::ResetLatencies() {
  const std::lock_guard<std::mutex> lock(mutex_);
  latencies_ = LatencyHistogram();
}

TrafficReport Tally::Report() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  TrafficReport report = report_;
  report.p50_ms = latencies_.PercentileMs(0.50);
  report.p99_ms = latencies_.PercentileMs(0.99);
  report.max_ms = latencies_.max_ms();
  return report;
}

}  // namespace segue::lab
