#include "tests/doubles/fake_clock.h"

#include <numeric>

namespace segue::test {

using std::chrono::microseconds;

std::chrono::steady_clock::time_point FakeClock::Now() {
  return std::chrono::steady_clock::time_point(std::chrono::hours(1)) + passed_;
}

std::chrono::system_clock::time_point FakeClock::WallTime() {
  // A fixed day, so that what is printed is the same on every run.
  constexpr std::chrono::sys_days kDay =
      std::chrono::year(2026) / std::chrono::January / 31;
  return kDay + passed_;
}

void FakeClock::Sleep(microseconds duration) {
  passed_ += duration;
  sleeps_.push_back(duration);
}

microseconds FakeClock::slept() const {
  return std::accumulate(sleeps_.begin(), sleeps_.end(), microseconds(0));
}

}  // namespace segue::test
