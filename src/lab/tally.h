// The counts of all clients of one run.
#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "lab/latency.h"
#include "lab/traffic.h"

namespace segue::lab {

// Thread-safe.
class Tally {
 public:
  void Read(std::chrono::nanoseconds took);
  void Write(std::chrono::nanoseconds took);
  void Failed(const std::string& what);
  void Lost(const std::string& what);
  void Diverged(const std::string& what);
  void ResetLatencies();
  TrafficReport Report() const;

 private:
  void Sample(const std::string& what);

  mutable std::mutex mutex_;
  TrafficReport report_;
  LatencyHistogram latencies_;
};

}  // namespace segue::lab
