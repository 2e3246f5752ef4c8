// Ends work that takes too long.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace segue::base {

// Calls `end` on another thread when the watchdog has lived for `patience`.
// Its destructor waits for a call that has begun. `end` must not throw.
class Watchdog {
 public:
  Watchdog(std::chrono::milliseconds patience, std::function<void()> end);
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog() = default;

 private:
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::jthread thread_;  // declared last, because it uses the others
};

}  // namespace segue::base
