// The seam to time, so that tests decide what time it is.
#pragma once

#include <chrono>
#include <string>

namespace segue::base {

class Clock {
 public:
  virtual ~Clock() = default;
  // For time spans: it never goes back.
  virtual std::chrono::steady_clock::time_point Now() = 0;
  // For people and for the ledger: the time of day in UTC.
  virtual std::chrono::system_clock::time_point WallTime() = 0;
  virtual void Sleep(std::chrono::microseconds duration) = 0;
};

// Returns the clock of the machine. It is shared, thread-safe and never
// destroyed.
Clock& SystemClock();

// Returns "2026-01-31T12:00:00.123Z".
std::string FormatUtc(std::chrono::system_clock::time_point time);
// The inverse of FormatUtc; throws Error{kCorrupt} on anything else.
std::chrono::system_clock::time_point ParseUtc(const std::string& text);

}  // namespace segue::base
