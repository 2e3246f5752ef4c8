// Time as a seam, so that tests decide what it is.
#pragma once

#include <chrono>
#include <string>

namespace segue::base {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::chrono::steady_clock::time_point Now() = 0;
  // Seconds since the epoch, UTC.
  virtual std::chrono::system_clock::time_point WallTime() = 0;
  virtual void Sleep(std::chrono::microseconds duration) = 0;
};

// The machine's clock; shared, thread-safe, never destroyed.
Clock& SystemClock();

// "2026-01-31T12:00:00.123Z"
std::string FormatUtc(std::chrono::system_clock::time_point time);
// The inverse of FormatUtc; throws Error{kCorrupt} on anything else.
std::chrono::system_clock::time_point ParseUtc(const std::string& text);

}  // namespace segue::base
