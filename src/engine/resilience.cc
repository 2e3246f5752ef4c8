// Waiting, retrying, reconnecting, stopping.
#include <fmt/format.h>

#include "backfill/options.h"
#include "base/cancel.h"
#include "base/clock.h"
#include "base/text.h"
#include "db/retry.h"
#include "engine/blockers.h"
#include "engine/runner.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

// How often a runner without a session tries again.
constexpr std::chrono::milliseconds kPoll{200};

// After an error that has been waited for in vain.
std::string HowToContinue(const Error& error) {
  constexpr const char* kAgain = "run the same command again: it continues";
  if (error.kind() == ErrorKind::kLockTimeout) {
    return std::string(
               "end or wait for the session that holds the lock, then ") +
           kAgain;
  }
  if (error.hint().empty()) return kAgain;
  return error.hint() + " Then " + kAgain;
}

}  // namespace

db::Connection& Runner::connection() { return database_.connection(); }

db::Connection& Runner::rows() {
  if (reading_ == nullptr) return connection();
  return *reading_;
}

std::chrono::milliseconds Runner::LockBudget() const {
  return LockBudgetOf(options_, database_.dialect().capabilities());
}

void Runner::ThrowIfCancelled() const {
  if (options_.cancel != nullptr) options_.cancel->ThrowIfRequested();
}

void Runner::Note(Progress::Event event, const std::string& message) {
  const EventKind kind = event == Progress::Event::kPaused ? EventKind::kPaused
                         : event == Progress::Event::kResumed
                             ? EventKind::kResumed
                             : EventKind::kNote;
  Resiliently([&] {
    InLedger(
        [&] { ledger_.AddEvent(connection(), migration_.id, kind, message); });
  });
  Progress progress = Report(event);
  progress.message = message;
  Send(progress);
}

void Runner::Resiliently(const std::function<void()>& work) {
  Resiliently(
      work, [] {}, [] {});
}

void Runner::Resiliently(const std::function<void()>& chunk,
                         const std::function<void()>& smaller,
                         const std::function<void()>& reload) {
  db::RetryPolicy policy;
  policy.patience = options_.lock_patience;
  bool recovered = false;  // and so told already
  const auto attempt = [&] {
    recovered = false;
    try {
      chunk();
    } catch (const Error& error) {
      if (!error.poisons_connection()) throw;
      Recover(error);
      reload();
      recovered = true;
      throw Error(ErrorKind::kRetryable, error.what());
    }
  };
  const auto notice = [&](const db::RetryNotice& retry) {
    ThrowIfCancelled();
    smaller();
    if (!recovered) TellRetry(retry.error);
  };
  try {
    db::Retry(base::SystemClock(), policy, attempt, notice);
  } catch (const Error& error) {
    if (!error.retryable()) throw;
    throw Error(error.kind(), WithBlockers(error))
        .WithCode(error.native_code())
        .WithSql(error.sql())
        .WithHint(HowToContinue(error));
  }
}

void Runner::TellRetry(const Error& error) const {
  Progress progress = Report(Progress::Event::kRetry);
  progress.message = WithBlockers(error);
  progress.cause = ToString(error.kind());
  Send(progress);
}

std::string Runner::WithBlockers(const Error& error) const {
  const bool locked = error.kind() == ErrorKind::kLockTimeout;
  return error.what() +
         (locked ? DescribeBlockers(database_, locked_) : std::string());
}

// A new session, and the right to go on. Failover and restart take seconds, so
// this tries as long as locks are waited for.
void Runner::Recover(const Error& cause) {
  const auto deadline = base::SystemClock().Now() + options_.lock_patience;
  Progress progress = Report(Progress::Event::kRetry);
  progress.message = std::string("connection lost: ") + cause.what();
  progress.cause = ToString(cause.kind());
  Send(progress);
  for (;;) {
    try {
      if (options_.cancel != nullptr) options_.cancel->SetInterrupter({});
      lease_.Reconnect();
      WatchInterrupts();
      return;
    } catch (const Error& error) {
      const bool may_pass = error.retryable() || error.poisons_connection();
      if (!may_pass || base::SystemClock().Now() > deadline) throw;
    }
    ThrowIfCancelled();
    Rest(kPoll);
  }
}

void Runner::WatchInterrupts() {
  if (options_.cancel == nullptr) return;
  db::Connection* watched = &database_.connection();
  options_.cancel->SetInterrupter([watched] { watched->Interrupt(); });
}

Progress Runner::Report(Progress::Event event) const {
  Progress progress;
  progress.event = event;
  progress.migration = migration_.id;
  progress.activity = activity_;
  if (step_ < plan_.steps.size()) {
    progress.phase = plan_.steps[step_].phase;
    progress.step = plan_.steps[step_].description;
  }
  progress.pace = pace_.share;
  progress.pace_reason = ToString(pace_.reason);
  if (!plan_.steps.empty()) {
    progress.progress_pct = 100.0 * static_cast<double>(steps_done_) /
                            static_cast<double>(plan_.steps.size());
  }
  return progress;
}

void Runner::Send(const Progress& progress) const {
  if (options_.on_progress) options_.on_progress(progress);
}

}  // namespace segue::engine
