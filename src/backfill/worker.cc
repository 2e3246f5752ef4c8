#include "backfill/worker.h"

#include <unistd.h>

#include <utility>

#include "backfill/options.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

// A worker without a range looks for one this often.
constexpr std::chrono::milliseconds kPoll{100};
// A worker that may not move rows asks again this often.
constexpr std::chrono::milliseconds kPausedPoll{200};

// A smaller table is not walked in shares, because the room that its pages gain
// is not worth a second pass.
constexpr std::int64_t kWorthSharing = 10'000;

}  // namespace

WalkOptions WalkOptionsOf(const db::Capabilities& capabilities,
                          const MigratorOptions& options, const WalkSql& walk,
                          std::int64_t rows) {
  WalkOptions how;
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

FollowedPace::FollowedPace(WorkSession& session, const Ledger& ledger,
                           std::function<void(std::int64_t)> moved)
    : session_(session), ledger_(ledger), moved_(std::move(moved)) {}

double FollowedPace::BeforeChunk() {
  for (;;) {
    session_.ThrowIfStopping();
    const Control& control = control_.Get([&] {
      Control asked;
      session_.Resiliently(
          [&] { asked = Controls(ledger_).Load(session_.connection()); });
      return asked;
    });
    if (control.cancel) throw Error(ErrorKind::kCancelled, "cancelled");
    if (!control.pause && control.allowed > 0) return control.allowed;
    session_.Rest(kPausedPoll);
  }
}

void FollowedPace::Moved(std::int64_t /*asked*/, std::int64_t moved) {
  if (moved_) moved_(moved);
}

Worker::Worker(WorkSession& session, Overseer& overseer, Assignment assignment)
    : session_(session),
      overseer_(overseer),
      assignment_(std::move(assignment)),
      tempo_{1, assignment_.row_bytes} {}

void Worker::Walk(const WalkSql& walk, const WalkOptions& options,
                  const std::function<void(const db::Result&)>& on_rows) {
  engine::Walk(*this, walk, options, on_rows);
}

db::Connection& Worker::rows() {
  return assignment_.reading == nullptr ? connection() : *assignment_.reading;
}

// A range that another worker has claimed may become free, when that worker
// dies.
std::optional<Span> Worker::Claim() {
  for (;;) {
    overseer_.BeforeClaim();
    std::optional<Span> span;
    RangeTotals totals;
    session_.Resiliently([&] {
      session_.InLedger([&] {
        span = assignment_.ranges.Claim(connection(), assignment_.name);
        if (!span) totals = assignment_.ranges.Totals(connection());
      });
    });
    if (span || totals.left == 0) return span;
    overseer_.Waiting();
    overseer_.BeforeChunk();
    session_.Rest(kPoll);
  }
}

void Worker::BeforeChunk() { tempo_.share = overseer_.BeforeChunk(); }

bool Worker::Commit(db::Transaction& transaction, const Span& span) {
  return assignment_.ranges.Commit(transaction, assignment_.name, span);
}

void Worker::Moved(std::int64_t asked, std::int64_t moved) {
  overseer_.Moved(asked, moved);
}

void Worker::Resiliently(const std::function<void()>& chunk,
                         const std::function<void()>& smaller,
                         const std::function<void()>& reload) {
  session_.Resiliently(chunk, smaller, reload);
}

std::optional<Span> Worker::Load(const Span& span) {
  return assignment_.ranges.Load(connection(), assignment_.name, span);
}

bool Worker::MakesWay() { return tempo_.share < 1; }

std::int64_t Worker::ChunkRows(std::int64_t rows) {
  return assignment_.throttle.ChunkRows(rows, tempo_);
}

void Worker::RestAfter(const Took& took, double rest, std::int64_t rows) {
  session_.Rest(assignment_.throttle.RestAfter(took, rest, rows, tempo_));
}

}  // namespace segue::engine
