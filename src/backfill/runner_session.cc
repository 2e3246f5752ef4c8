#include "backfill/runner_session.h"

#include <fmt/format.h>

#include "backfill/blockers.h"
#include "base/append.h"
#include "base/log.h"
#include "base/text.h"
#include "segue/cancel.h"

namespace segue::engine {
namespace {

// Returns the hint of an error that was waited for in vain.
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

EventKind KindOf(Progress::Event event) {
  if (event == Progress::Event::kPaused) return EventKind::kPaused;
  if (event == Progress::Event::kResumed) return EventKind::kResumed;
  return EventKind::kNote;
}

}  // namespace

RunnerSession::RunnerSession(Database& database, const Ledger& ledger,
                             Lease& lease, const MigratorOptions& options,
                             const MigrationRow& migration,
                             const Reporter& reporter)
    : WorkSession(options, database.dialect().capabilities()),
      database_(database),
      ledger_(ledger),
      lease_(lease),
      migration_(migration),
      reporter_(reporter) {
  WatchInterrupts();
}

// The claim that each chunk renews is enough, as it is for a worker. Where no
// heartbeat keeps the lease alive, the chunk renews the lease too.
void RunnerSession::FenceChunk() {
  if (!capabilities().heartbeat_session) Fence();
}

bool RunnerSession::stopping() const {
  return options().cancel != nullptr && options().cancel->stop_requested();
}

void RunnerSession::ThrowIfStopping() const {
  if (options().cancel != nullptr) options().cancel->ThrowIfRequested();
}

void RunnerSession::Note(Progress::Event event, const std::string& message) {
  Resiliently([&] {
    InLedger([&] {
      ledger_.AddEvent(connection(), migration_.id, KindOf(event), message);
    });
  });
  reporter_.Tell(event, message);
}

void RunnerSession::Retried(const Error& error, bool lost) {
  Progress progress = reporter_.Report(Progress::Event::kRetry);
  progress.message = lost ? std::string("connection lost: ") + error.what()
                          : WithBlockers(error);
  progress.cause = ToString(error.kind());
  reporter_.Send(progress);
  if (!lost && error.kind() == ErrorKind::kLockTimeout) EndBlockers();
}

// A plan names several tables with commas in between.
std::vector<db::Session> RunnerSession::IdleBlockers(
    const db::ClientSessions& sessions) {
  std::vector<db::Session> blockers;
  for (const std::string& one : base::Split(locked_, ',')) {
    const std::string locked(base::Trim(one));
    if (locked.empty()) continue;
    base::Append(
        sessions.IdleBlockers(connection(),
                              LockedTable(database_.schema(), locked), mode_),
        blockers);
  }
  return blockers;
}

// A failure to end a session is no failure of the work, which is tried again
// anyway.
void RunnerSession::EndBlockers() {
  const auto limit = options().kill_blockers_after;
  if (limit.count() == 0 || locked_.empty() || mode_.empty()) return;
  const auto* sessions = db::ClientSessionsOf(database_.dialect());
  if (sessions == nullptr) return;
  const auto now = std::chrono::steady_clock::now();
  decltype(in_the_way_) still;
  try {
    for (const db::Session& blocker : IdleBlockers(*sessions)) {
      const std::string key = blocker.id + " " + blocker.since;
      const auto known = in_the_way_.find(key);
      const auto since = known == in_the_way_.end() ? now : known->second;
      still.emplace(key, since);
      if (now - since < limit) continue;
      EndBlocker(*sessions, blocker,
                 std::chrono::duration<double>(now - since).count());
    }
  } catch (const Error& error) {
    base::Log(base::LogLevel::kWarning,
              std::string("no session in the way was ended: ") + error.what());
  }
  in_the_way_ = std::move(still);
}

// The history has it before it happens, so that no session is ended without a
// trace.
void RunnerSession::EndBlocker(const db::ClientSessions& sessions,
                               const db::Session& blocker, double waited) {
  const std::string text = fmt::format(
      "Ending {}, which has kept {} for {:.1f} s: {}",
      db::SessionText(blocker, "idle in a transaction since " + blocker.since +
                                   ", query started " + blocker.query_start),
      locked_, waited, options().kill_reason);
  InLedger([&] {
    ledger_.AddEvent(connection(), migration_.id, EventKind::kForced, text);
  });
  const bool ended = sessions.EndSession(connection(), blocker);
  reporter_.Tell(Progress::Event::kRetry,
                 ended ? text : text + " (it had gone on by itself)");
}

Error RunnerSession::Lasting(const Error& error) const {
  return Error(error.kind(), WithBlockers(error))
      .WithCode(error.native_code())
      .WithSql(error.sql())
      .WithHint(HowToContinue(error));
}

std::string RunnerSession::WithBlockers(const Error& error) const {
  const bool locked = error.kind() == ErrorKind::kLockTimeout;
  return error.what() +
         (locked ? DescribeBlockers(database_, locked_) : std::string());
}

// The session needs a new connection, and under it the lease again.
void RunnerSession::Reconnect() {
  interrupts_.reset();  // it refers to the lost connection
  lease_.Reconnect();
  WatchInterrupts();
}

void RunnerSession::WatchInterrupts() {
  db::Connection* watched = &database_.connection();
  interrupts_.emplace(options().cancel, [watched] { watched->Interrupt(); });
}

}  // namespace segue::engine
