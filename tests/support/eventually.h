// Waits for a condition instead of a fixed time.
#pragma once

#include <chrono>
#include <thread>

namespace segue::test {

// Waits until `condition` holds or the time is up, and returns whether it
// holds. The limit only has to end a test that would hang, so it allows for a
// machine that is busy with other suites.
template <typename Condition>
bool Eventually(
    const Condition& condition,
    std::chrono::milliseconds at_most = std::chrono::minutes(1),
    std::chrono::milliseconds between = std::chrono::milliseconds(5)) {
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(between);
  }
  return true;
}

}  // namespace segue::test
