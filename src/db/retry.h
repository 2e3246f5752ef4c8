// Tries work again when its error says that this may help.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <type_traits>

#include "base/clock.h"
#include "segue/error.h"

namespace segue::db {

struct RetryPolicy {
  // No new attempt begins later than this after the first attempt; zero: there
  // is only one attempt.
  std::chrono::milliseconds patience{30'000};
  // Pauses double from the first to the longest, each shortened by a random
  // part of up to half, so that two that collided do not collide again.
  std::chrono::milliseconds first_pause{50};
  std::chrono::milliseconds longest_pause{2'000};
};

struct RetryNotice {
  const Error& error;               // of the attempt that failed
  int attempt = 1;                  // its number, from 1
  std::chrono::milliseconds pause;  // until the next attempt
};

// Called before each pause, on the thread of Retry. What it throws ends the
// retries and reaches the caller, so the callback may check a cancel token.
using RetryCallback = std::function<void(const RetryNotice&)>;

// Runs `work` until it returns. When `work` throws an Error that is
// retryable(), Retry runs it again until the patience is spent, and then
// rethrows the error. It rethrows every other error at once, above all
// kInDoubt. `work` must be safe to run again after a retryable error; one whole
// transaction is.
void Retry(base::Clock& clock, const RetryPolicy& policy,
           const std::function<void()>& work,
           const RetryCallback& on_retry = {});

// Does the same for work that returns a value.
template <typename Work>
requires(!std::is_void_v<std::invoke_result_t<Work&>>) auto Retry(
    base::Clock& clock, const RetryPolicy& policy, Work&& work,
    const RetryCallback& on_retry = {}) {
  std::optional<std::invoke_result_t<Work&>> result;
  const std::function<void()> run = [&] { result.emplace(work()); };
  Retry(clock, policy, run, on_retry);
  return *std::move(result);
}

}  // namespace segue::db
