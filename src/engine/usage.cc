// Questions about the rows and the use of what a plan touches: before anything
// is changed, and before anything is dropped.
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "base/text.h"
#include "engine/session.h"
#include "ledger/observations.h"
#include "segue/error.h"

namespace segue {
namespace {

using engine::MigrationRow;

// A table too large to be asked in this time is asked by the work itself, which
// then rolls back.
constexpr std::chrono::seconds kAskingTime{30};

// Interrupts a statement that takes too long.
class Deadline {
 public:
  Deadline(db::Connection& connection, std::chrono::milliseconds time)
      : connection_(connection), thread_([this, time] { Wait(time); }) {}
  ~Deadline() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      over_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  bool passed() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return passed_;
  }

 private:
  void Wait(std::chrono::milliseconds time) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (changed_.wait_for(lock, time, [&] { return over_; })) return;
    passed_ = true;
    connection_.Interrupt();
  }

  db::Connection& connection_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  bool passed_ = false;
  std::thread thread_;  // last: it uses the others
};

std::vector<std::string> Reasons(db::Connection& connection,
                                 const std::string& question) {
  std::vector<std::string> reasons;
  Deadline deadline(connection, kAskingTime);
  try {
    db::Transaction transaction(connection, {db::Purpose::kRead, {}});
    for (const db::Row& row : connection.Execute(question).rows) {
      reasons.push_back(db::ToText(row.at(0)));
    }
  } catch (const Error& error) {
    // An expression that raises is the work's to report, too.
    const bool late =
        error.kind() == ErrorKind::kCancelled && deadline.passed();
    if (!late) throw;
    base::Log(base::LogLevel::kInfo,
              "the rows were not looked at beforehand: it took too long");
  }
  return reasons;
}

}  // namespace

void Migrator::Session::RefuseObjections(const PlannedAction& action) {
  if (action.objections.empty()) return;
  const std::vector<std::string> reasons =
      Reasons(connection(), action.objections);
  if (reasons.empty()) return;
  throw Error(ErrorKind::kRefused,
              action.description + " would fail: " + base::Join(reasons, "; "))
      .WithHint("mend these rows; nothing was changed");
}

// Part of the transaction that records "ready".
void Migrator::Session::RecordUsage(const MigrationRow& row) {
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    const auto& actions = row.plan.steps[step].actions;
    for (std::size_t action = 0; action < actions.size(); ++action) {
      if (actions[action].usage.empty()) continue;
      const db::Result found = connection().Execute(actions[action].usage);
      if (found.rows.empty() || db::IsNull(found.rows[0].at(0))) continue;
      engine::Observations(ledger).Save(
          connection(), row.id, engine::ObservationKind::kUsage,
          engine::ActionName(step, action), {db::ToInt(found.rows[0].at(0))});
    }
  }
}

// A count that fell was reset by somebody; then what it says now has been
// counted since.
std::vector<std::string> Migrator::Session::UsedSinceReady(
    const MigrationRow& row) {
  std::vector<std::string> used;
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    const auto& actions = row.plan.steps[step].actions;
    for (std::size_t action = 0; action < actions.size(); ++action) {
      if (actions[action].usage.empty()) continue;
      const auto before = engine::Observations(ledger).Load(
          connection(), row.id, engine::ObservationKind::kUsage,
          engine::ActionName(step, action));
      const db::Result found = connection().Execute(actions[action].usage);
      if (!before || found.rows.empty() || db::IsNull(found.rows[0].at(0))) {
        continue;
      }
      const std::int64_t now = db::ToInt(found.rows[0].at(0));
      const std::int64_t then = db::ToInt(before->at(0));
      const std::int64_t since = now < then ? now : now - then;
      if (since == 0) continue;
      used.push_back("'" + actions[action].description + "': queries used it " +
                     base::WithThousands(since) +
                     (since == 1 ? " time" : " times"));
    }
  }
  return used;
}

void Migrator::Session::RefuseUsed(engine::Lease& lease,
                                   const MigrationRow& row,
                                   const std::string& force_reason) {
  const std::vector<std::string> used = UsedSinceReady(row);
  if (used.empty()) return;
  const std::string text =
      "still in use since both versions are live: " + base::Join(used, "; ");
  if (force_reason.empty()) {
    throw Error(ErrorKind::kRefused, text)
        .WithHint(
            "find the queries that need it, or run 'segue complete --force "
            "--reason TEXT'; nothing was contracted");
  }
  InLedger(lease, [&] {
    ledger.AddEvent(connection(), row.id, EventKind::kForced,
                    force_reason + " (" + text + ")");
  });
}

}  // namespace segue
