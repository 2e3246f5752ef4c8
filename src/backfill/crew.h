// The threads that walk beside the runner's own.
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

  // `helpers` threads, each of which runs `work` once, under a name of its own
  // that begins with `prefix`; none when it is not above 0.
  Crew(const std::string& prefix, std::int64_t helpers, const Work& work);
  // Tells those that are left to stop, and waits for them.
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  bool stopping() const { return stopping_.load(); }
  // Those that are at work.
  int size() const { return working_.load(); }
  // What has ended workers since the last call.
  std::vector<CrewFailure> TakeFailures();
  // A worker has met this and tries again. Thread-safe.
  void Retried(const Error& error);
  // What one of them has met since the last call, the newest.
  std::optional<Error> TakeRetried();
  // Waits until all have come to their end.
  void Join();

 private:
  void Run(const std::string& name, const Work& work);

  std::atomic<bool> stopping_{false};
  std::atomic<int> working_{0};
  std::mutex mutex_;
  std::vector<CrewFailure> failures_;
  std::optional<Error> retried_;
  std::vector<std::jthread> threads_;  // last: they use the others
};

}  // namespace segue::engine
