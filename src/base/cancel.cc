#include "base/cancel.h"

#include <utility>

#include "segue/error.h"

namespace segue::base {

void CancelToken::Request() {
  if (level_.fetch_add(1) == 0) return;
  // The mutex is held throughout the call: once SetInterrupter has returned,
  // the connection that the old interrupter refers to may be destroyed.
  const std::lock_guard<std::mutex> lock(mutex_);
  if (interrupt_) interrupt_();
}

void CancelToken::SetInterrupter(std::function<void()> interrupt) {
  const std::lock_guard<std::mutex> lock(mutex_);
  interrupt_ = std::move(interrupt);
}

void CancelToken::ThrowIfRequested() const {
  if (!stop_requested()) return;
  throw Error(ErrorKind::kCancelled,
              "Stopped on request; the same command continues from here");
}

}  // namespace segue::base
