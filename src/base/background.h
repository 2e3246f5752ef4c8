// Runs one piece of work beside the calling thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace segue::engine {

// Runs work on a thread of its own, which the destructor joins. The other
// methods belong to the thread that made the object.
class Background {
 public:
  explicit Background(const std::function<void()>& work);
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  // Waits at most this long for the end of the work. True when it is over.
  bool WaitFor(std::chrono::milliseconds time);
  // Waits for the end of the work and rethrows what the work has thrown.
  void Finish();

 private:
  void Run(const std::function<void()>& work);

  std::mutex mutex_;
  std::condition_variable over_;
  bool done_ = false;
  std::exception_ptr failure_;
  std::thread thread_;  // the last member, because it uses the others
};

}  // namespace segue::engine
