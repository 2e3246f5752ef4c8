// The seam to time, so that tests decide what time it is.
#pragma once

#include <chrono>
#include <string>

namespace segue::base {

class Clock {
 public:
  virtual ~Clock() = default;
  // Returns a time for time spans, which never goes back.
  virtual std::chrono::steady_clock::time_point Now() = 0;
  // Returns the time of day in UTC, for people and for the ledger.
  virtual std::chrono::system_clock::time_point WallTime() = 0;
  virtual void Sleep(std::chrono::microseconds duration) = 0;
};

// Returns the clock of the machine. It is shared, thread-safe and never
// destroyed.
Clock& SystemClock();

// Returns "2026-01-31T12:00:00.123Z".
std::string FormatUtc(std::chrono::system_clock::time_point time);
// Parses the result of FormatUtc. Throws Error{kCorrupt} for any other text.
std::chrono::system_clock::time_point ParseUtc(const std::string& text);

}  // namespace segue::base
