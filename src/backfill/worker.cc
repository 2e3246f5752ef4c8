#include "backfill/worker.h"

#include <unistd.h>

#include "backfill/options.h"
#include "base/cancel.h"
#include "base/clock.h"
#include "db/retry.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

constexpr std::chrono::milliseconds kPoll{200};

// The room on the pages of a smaller table is not worth coming back for.
constexpr std::int64_t kWorthSharing = 10'000;

constexpr const char* kPurpose = "worker";

}  // namespace

backfill::WalkOptions WalkOptionsOf(const db::Capabilities& capabilities,
                                    const MigratorOptions& options,
                                    const WalkSql& walk, std::int64_t rows) {
  backfill::WalkOptions how;
  how.chunk_time = options.chunk_time.count() > 0 ? options.chunk_time
                                                  : capabilities.chunk_time;
  how.lock_budget = LockBudgetOf(options, capabilities);
  how.rest = walk.writes ? capabilities.chunk_rest : 0;
  how.in_shares = walk.shares > 1 && rows >= kWorthSharing;
  return how;
}

std::string ProcessName() {
  return HostName() + ":" + std::to_string(getpid());
}

Worker::Worker(Database& database, const Ledger& ledger,
               const MigratorOptions& options, Ranges& ranges, std::string name,
               Throttle& throttle, double row_bytes)
    : database_(database),
      ledger_(ledger),
      options_(options),
      ranges_(ranges),
      name_(std::move(name)),
      throttle_(throttle),
      tempo_{1, row_bytes},
      connection_(database.NewConnection(kPurpose)) {}

void Worker::Walk(const WalkSql& walk, const backfill::WalkOptions& options,
                  const std::function<void(const db::Result&)>& on_rows) {
  writes_ = walk.writes;
  if (standby != nullptr) {
    reading_ = std::make_unique<StandbyConnection>(
        *standby, Standby::Waiting{[this] { ThrowIfStopping(); }});
  }
  try {
    backfill::Walk(*this, walk, options, on_rows);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kCancelled) throw;
  }
}

bool Worker::Stopping() const {
  if (stop && stop()) return true;
  return options_.cancel != nullptr && options_.cancel->stop_requested();
}

void Worker::ThrowIfStopping() const {
  if (Stopping()) throw Error(ErrorKind::kCancelled, "told to stop");
}

db::Connection& Worker::rows() {
  if (reading_ == nullptr) return connection();
  return *reading_;
}

// The rest may come back, when the one that has it dies.
std::optional<backfill::Span> Worker::Claim() {
  while (!Stopping()) {
    std::optional<backfill::Span> span;
    RangeTotals totals;
    Resiliently([&] {
      InLedger([&] {
        span = ranges_.Claim(*connection_, name_);
        if (!span) totals = ranges_.Totals(*connection_);
      });
    });
    if (span || totals.left == 0) return span;
    Rest(kPoll);
  }
  return std::nullopt;
}

void Worker::BeforeChunk() {
  for (;;) {
    ThrowIfStopping();
    const Control& control = control_.Get([&] {
      Control asked;
      Resiliently([&] { asked = Controls(ledger_).Load(*connection_); });
      return asked;
    });
    if (control.cancel) throw Error(ErrorKind::kCancelled, "cancelled");
    tempo_.share = control.allowed;
    if (!control.pause && control.allowed > 0) return;
    Rest(kPoll);
  }
}

bool Worker::Commit(db::Transaction& transaction, const backfill::Span& span) {
  return ranges_.Commit(transaction, name_, span);
}

void Worker::Moved(std::int64_t asked, std::int64_t rows) {
  if (moved) moved(writes_ ? rows : asked);
}

std::optional<backfill::Span> Worker::Load(const backfill::Span& span) {
  return ranges_.Load(*connection_, name_, span);
}

bool Worker::MakesWay() { return tempo_.share < 1; }

std::int64_t Worker::ChunkRows(std::int64_t rows) {
  return throttle_.ChunkRows(rows, tempo_);
}

void Worker::RestAfter(const backfill::Took& took, double rest,
                       std::int64_t rows) {
  Rest(throttle_.RestAfter(took, rest, rows, tempo_));
}

void Worker::Rest(std::chrono::microseconds duration) const {
  RestUnless([this] { return Stopping(); }, duration);
}

void Worker::Resiliently(const std::function<void()>& work) {
  Resiliently(
      work, [] {}, [] {});
}

void Worker::Resiliently(const std::function<void()>& chunk,
                         const std::function<void()>& smaller,
                         const std::function<void()>& reload) {
  db::RetryPolicy policy;
  policy.patience = options_.lock_patience;
  const auto attempt = [&] {
    try {
      if (lost_) {
        connection_ = database_.NewConnection(kPurpose);
        lost_ = false;
        reload();
      }
      chunk();
    } catch (const Error& error) {
      if (!error.poisons_connection()) throw;
      lost_ = true;
      throw Error(ErrorKind::kRetryable, error.what());
    }
  };
  db::Retry(base::SystemClock(), policy, attempt,
            [&](const db::RetryNotice& retry) {
              ThrowIfStopping();
              if (retried) retried(retry.error);
              smaller();
            });
}

void Worker::InLedger(const std::function<void()>& work) {
  db::Transaction transaction(
      *connection_, {db::Purpose::kLedger,
                     LockBudgetOf(options_, ledger_.dialect().capabilities())});
  work();
  transaction.Commit();
}

}  // namespace segue::engine
