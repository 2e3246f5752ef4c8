#include "backfill/crew.h"

#include <utility>

#include "base/thread.h"

namespace segue::engine {

Crew::Crew(const std::string& prefix, std::int64_t helpers, const Work& work) {
  for (std::int64_t number = 1; number <= helpers; ++number) {
    const std::string name = prefix + " helper " + std::to_string(number);
    ++working_;
    threads_.push_back(
        base::StartThread([this, name, work] { Run(name, work); }));
  }
}

Crew::~Crew() {
  stopping_ = true;
  Join();
}

void Crew::Join() {
  for (std::jthread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

std::vector<CrewFailure> Crew::TakeFailures() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(failures_, {});
}

void Crew::Retried(const Error& error) {
  const std::lock_guard<std::mutex> lock(mutex_);
  retried_ = error;
}

std::optional<Error> Crew::TakeRetried() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(retried_, std::nullopt);
}

void Crew::Run(const std::string& name, const Work& work) {
  try {
    work(name, *this);
  } catch (...) {
    const std::lock_guard<std::mutex> lock(mutex_);
    failures_.push_back({name, std::current_exception()});
  }
  --working_;
}

}  // namespace segue::engine
