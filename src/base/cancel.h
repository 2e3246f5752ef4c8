// How a running migration is asked to stop.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>

namespace segue::base {

// Thread-safe. The first request asks for an orderly stop (finish the chunk,
// leave a resumable state); the second for an immediate one, which interrupts
// the statement in flight through the registered interrupter.
class CancelToken {
 public:
  bool stop_requested() const { return level_.load() >= 1; }
  bool stop_now() const { return level_.load() >= 2; }

  // Called from the signal thread or a test.
  void Request();

  // `interrupt` must be callable from another thread while the owner is
  // blocked in a statement; an empty function removes it.
  void SetInterrupter(std::function<void()> interrupt);

  // Throws Error{kCancelled} when a stop was requested.
  void ThrowIfRequested() const;

 private:
  std::atomic<int> level_{0};
  std::mutex mutex_;
  std::function<void()> interrupt_;
};

}  // namespace segue::base
