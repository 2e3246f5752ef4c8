#include "base/background.h"

#include "base/thread.h"

namespace segue::engine {

Background::Background(const std::function<void()>& work)
    : thread_(base::StartThread([this, work] { Run(work); })) {}

Background::~Background() {
  if (thread_.joinable()) thread_.join();
}

bool Background::WaitFor(std::chrono::milliseconds time) {
  std::unique_lock<std::mutex> lock(mutex_);
  return over_.wait_for(lock, time, [&] { return done_; });
}

void Background::Finish() {
  thread_.join();
  if (failure_) std::rethrow_exception(failure_);
}

void Background::Run(const std::function<void()>& work) {
  try {
    work();
  } catch (...) {
    failure_ = std::current_exception();  // for Finish
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  done_ = true;
  over_.notify_all();
}

}  // namespace segue::engine
