// The threads that walk beside the runner's own thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "segue/error.h"

namespace segue::engine {

struct CrewFailure {
  std::string worker;
  std::exception_ptr error;
};

class Crew {
 public:
  using Work = std::function<void(const std::string& name, Crew& crew)>;

  // Starts `helpers` threads, or none when the number is not above 0. Each runs
  // `work` once, under a name of its own that begins with `prefix`.
  Crew(const std::string& prefix, std::int64_t helpers, const Work& work);
  // Tells the remaining threads to stop, and waits for them.
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  bool stopping() const { return stopping_.load(); }
  // Returns how many threads are at work.
  int size() const { return working_.load(); }
  // Returns the failures that have ended workers since the last call.
  std::vector<CrewFailure> TakeFailures();
  // Records that a worker has met this error and tries again. Thread-safe.
  void Retried(const Error& error);
  // Returns the newest error that a worker has recorded since the last call.
  std::optional<Error> TakeRetried();
  // Waits until all threads have ended.
  void Join();

 private:
  void Run(const std::string& name, const Work& work);

  std::atomic<bool> stopping_{false};
  std::atomic<int> working_{0};
  std::mutex mutex_;
  std::vector<CrewFailure> failures_;
  std::optional<Error> retried_;
  std::vector<std::jthread> threads_;  // last, because they use the others
};

}  // namespace segue::engine
