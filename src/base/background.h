// One piece of work beside the calling thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace segue::engine {

// Runs work on a thread of its own; joined by the destructor.
class Background {
 public:
  explicit Background(const std::function<void()>& work);
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  // True when the work is over.
  bool WaitFor(std::chrono::milliseconds time);
  // Waits for the end, and throws what the work threw.
  void Finish();

 private:
  void Run(const std::function<void()>& work);

  std::mutex mutex_;
  std::condition_variable over_;
  bool done_ = false;
  std::exception_ptr failure_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace segue::engine
