// Trying again where the error says that it may help.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <type_traits>

#include "base/clock.h"
#include "segue/error.h"

namespace segue::db {

struct RetryPolicy {
  // No new attempt begins later than this after the first; zero: only one.
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

// Called before each pause. What it throws ends the retries and reaches the
// caller; so it may also look at a cancel token.
using RetryCallback = std::function<void(const RetryNotice&)>;

// Runs `work` until it returns. An Error that is retryable() is tried again
// until the patience is spent, then thrown on; every other error, and above all
// kInDoubt, is thrown on at once. `work` must be safe to run again after it has
// thrown a retryable error: one whole transaction.
void Retry(base::Clock& clock, const RetryPolicy& policy,
           const std::function<void()>& work,
           const RetryCallback& on_retry = {});

// The same for work that gives a value.
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
