// A clock that moves only when somebody sleeps or a test moves it.
#pragma once

#include <chrono>
#include <vector>

#include "base/clock.h"

namespace segue::test {

// Not thread-safe.
class FakeClock : public base::Clock {
 public:
  std::chrono::steady_clock::time_point Now() override;
  std::chrono::system_clock::time_point WallTime() override;
  // Returns at once, after moving the time and recording the sleep.
  void Sleep(std::chrono::microseconds duration) override;

  void Advance(std::chrono::milliseconds duration) { passed_ += duration; }
  const std::vector<std::chrono::microseconds>& sleeps() const {
    return sleeps_;
  }
  std::chrono::microseconds slept() const;

 private:
  std::chrono::microseconds passed_{0};
  std::vector<std::chrono::microseconds> sleeps_;
};

}  // namespace segue::test
