#include "db/retry.h"

#include <algorithm>
#include <random>

namespace segue::db {
namespace {

using std::chrono::milliseconds;

double RandomShare() {
  thread_local std::minstd_rand random(std::random_device{}());
  return std::uniform_real_distribution<double>(0.5, 1.0)(random);
}

milliseconds WithJitter(milliseconds pause) {
  const auto jittered = static_cast<double>(pause.count()) * RandomShare();
  return std::max(milliseconds(1),
                  milliseconds(static_cast<std::int64_t>(jittered)));
}

}  // namespace

void Retry(base::Clock& clock, const RetryPolicy& policy,
           const std::function<void()>& work, const RetryCallback& on_retry) {
  const auto deadline = clock.Now() + policy.patience;
  milliseconds pause = policy.first_pause;
  for (int attempt = 1;; ++attempt) {
    milliseconds wait{0};
    try {
      return work();
    } catch (const Error& error) {
      wait = WithJitter(pause);
      if (!error.retryable() || clock.Now() + wait > deadline) throw;
      if (on_retry) on_retry({error, attempt, wait});
    }
    // The sleep is outside the handler, so that nothing is held meanwhile.
    clock.Sleep(wait);
    pause = std::min(pause * 2, policy.longest_pause);
  }
}

}  // namespace segue::db
