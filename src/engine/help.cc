// Migrator::Work: helps the runner of the active migration from another
// process.
#include "backfill/ranges.h"
#include "backfill/worker.h"
#include "backfill/worker_session.h"
#include "base/clock.h"
#include "engine/context.h"
#include "engine/run_events.h"
#include "segue/cancel.h"
#include "segue/error.h"

namespace segue {
namespace {

using engine::LedgerRanges;
using engine::MigrationRow;

constexpr std::chrono::milliseconds kPoll{500};

// True when there may be rows to move soon, even if no walk is open yet.
bool MayMoveRows(const std::optional<MigrationRow>& row) {
  return row && row->sub_state != SubState::kReady &&
         row->phase != Phase::kComplete && row->phase != Phase::kRolledBack;
}

const WalkSql& OpenWalk(const MotionSql& motion, Activity activity) {
  const WalkSql* walk = motion.Writing(activity);
  if (walk != nullptr) return *walk;
  throw Error(ErrorKind::kCorrupt, "the ledger has ranges of motion '" +
                                       motion.name +
                                       "' for which the plan has no '" +
                                       std::string(ToString(activity)) + "'");
}

// Moves rows of one open walk until none of its ranges is left, and returns the
// number of rows that it has moved.
std::int64_t HelpWith(const engine::Context& context, const MigrationRow& row,
                      const std::string& motion, const std::string& doing) {
  const MigratorOptions& options = context.options;
  const Activity activity = ActivityFromString(doing);
  const WalkSql& walk = OpenWalk(row.plan.MotionNamed(motion), activity);
  const auto kept =
      context.ledger.LoadMotion(context.connection(), row.id, motion, doing);
  LedgerRanges ranges(context.ledger, row.id, motion, doing);
  engine::Throttle throttle(context.database, options.pace,
                            base::SystemClock());
  std::int64_t rows = 0;
  engine::WorkerSession session(context.database, options);
  engine::FollowedPace pace(session, context.ledger, [&](std::int64_t moved) {
    rows += moved;
    Progress progress;
    progress.event = Progress::Event::kRows;
    progress.migration = row.id;
    progress.phase = row.phase;
    progress.activity = doing;
    progress.rows_done = rows;
    options.listeners.Send(progress);
  });
  const double bytes =
      activity == Activity::kFill ? engine::RowBytes(row.plan, walk) : 0;
  engine::Worker worker(
      session, pace,
      {ranges, "worker " + engine::ProcessName(), throttle, bytes});
  const auto how =
      engine::WalkOptionsOf(context.database.dialect().capabilities(), options,
                            walk, kept ? kept->total : 0);
  try {
    worker.Walk(walk, how, [](const db::Result&) {});
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kCancelled) throw;
  }
  return rows;
}

}  // namespace

std::int64_t Migrator::Work() {
  context_->database.LeavePooler();
  const engine::Context& context = *context_;
  if (!context.database.dialect().capabilities().parallel_writers) {
    throw Error(ErrorKind::kRefused,
                context.database.dialect().capabilities().name +
                    " takes one writer at a time, so a second worker could "
                    "only wait for the first");
  }
  const std::string id = context.RequireActive().id;
  const base::LogContext about(engine::AboutRun(context.database, id));
  std::int64_t rows = 0;
  for (;;) {
    if (context.options.cancel != nullptr) {
      context.options.cancel->ThrowIfRequested();
    }
    const auto row = context.ledger.Load(context.connection(), id);
    const auto open =
        LedgerRanges::Open(context.connection(), context.ledger, id);
    // Walks may also be open while the migration is ready: a contract settles
    // rows, and a verification repairs rows.
    if (!MayMoveRows(row) && (!row || !open)) return rows;
    if (open) rows += HelpWith(context, *row, open->first, open->second);
    base::SystemClock().Sleep(kPoll);
  }
}

}  // namespace segue
