#include "segue/cancel.h"

#include <utility>

#include "segue/error.h"

namespace segue {

CancelToken::Scope::Scope(CancelToken* token, std::function<void()> interrupt)
    : token_(token) {
  if (token_ == nullptr) return;
  const std::lock_guard<std::mutex> lock(token_->mutex_);
  place_ = token_->interrupts_.insert(token_->interrupts_.end(),
                                      std::move(interrupt));
}

CancelToken::Scope::~Scope() {
  if (token_ == nullptr) return;
  const std::lock_guard<std::mutex> lock(token_->mutex_);
  token_->interrupts_.erase(place_);
}

void CancelToken::Request() {
  if (level_.fetch_add(1) == 0) return;
  // The mutex is held throughout the calls: once the destructor of a scope has
  // returned, the connection that its interrupter refers to may be destroyed.
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& interrupt : interrupts_) interrupt();
}

void CancelToken::ThrowIfRequested() const {
  if (!stop_requested()) return;
  throw Error(ErrorKind::kCancelled,
              "Stopped on request; the same command continues from here");
}

}  // namespace segue
