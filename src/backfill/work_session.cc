#include "backfill/work_session.h"

#include "backfill/options.h"
#include "base/clock.h"
#include "db/retry.h"
#include "throttle/throttle.h"

namespace segue::engine {
namespace {

// A new connection is asked for this often.
constexpr std::chrono::milliseconds kPoll{200};

}  // namespace

void WorkSession::Resiliently(const std::function<void()>& work) {
  Resiliently(
      work, [] {}, [] {});
}

void WorkSession::Resiliently(const std::function<void()>& work,
                              const std::function<void()>& smaller,
                              const std::function<void()>& reload) {
  db::RetryPolicy policy;
  policy.patience = options_.lock_patience;
  bool recovered = false;  // and told already
  const auto attempt = [&] {
    recovered = false;
    try {
      work();
    } catch (const Error& error) {
      if (!error.poisons_connection()) throw;
      Recover(error);
      reload();
      recovered = true;
      throw Error(ErrorKind::kRetryable, error.what());
    }
  };
  const auto notice = [&](const db::RetryNotice& retry) {
    ThrowIfStopping();
    smaller();
    if (!recovered) Retried(retry.error, false);
  };
  try {
    db::Retry(base::SystemClock(), policy, attempt, notice);
  } catch (const Error& error) {
    if (!error.retryable()) throw;
    throw Lasting(error);
  }
}

// A failover or a restart takes seconds, so a new connection is asked for as
// long as a lock is waited for.
void WorkSession::Recover(const Error& cause) {
  const auto deadline = base::SystemClock().Now() + options_.lock_patience;
  Retried(cause, true);
  for (;;) {
    try {
      Reconnect();
      return;
    } catch (const Error& error) {
      const bool may_pass = error.retryable() || error.poisons_connection();
      if (!may_pass || base::SystemClock().Now() > deadline) throw;
    }
    ThrowIfStopping();
    Rest(kPoll);
  }
}

void WorkSession::InLedger(const std::function<void()>& work) {
  db::Transaction transaction(connection(),
                              {db::Purpose::kLedger, LockBudget()});
  Fence();
  work();
  transaction.Commit();
}

void WorkSession::Rest(std::chrono::microseconds duration) const {
  RestUnless([this] { return stopping(); }, duration);
}

std::chrono::milliseconds WorkSession::LockBudget() const {
  return LockBudgetOf(options_, capabilities_);
}

}  // namespace segue::engine
