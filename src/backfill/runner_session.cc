#include "backfill/runner_session.h"

#include "backfill/blockers.h"
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
