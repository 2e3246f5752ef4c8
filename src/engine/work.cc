// Helping the runner of the active migration from another process.
#include "backfill/ranges.h"
#include "backfill/worker.h"
#include "base/cancel.h"
#include "base/clock.h"
#include "engine/run_events.h"
#include "engine/session.h"
#include "segue/error.h"

namespace segue {
namespace {

using engine::LedgerRanges;
using engine::MigrationRow;

constexpr std::chrono::milliseconds kPoll{500};

// Whether rows may be moved soon, though there is nothing to help with yet.
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

}  // namespace

// One walk that is open, as far as there is something left of it.
std::int64_t Migrator::Session::HelpWith(const MigrationRow& row,
                                         const std::string& motion,
                                         const std::string& doing) {
  const MotionSql& sql = row.plan.MotionNamed(motion);
  const Activity activity = ActivityFromString(doing);
  const WalkSql& walk = OpenWalk(sql, activity);
  const auto kept = ledger.LoadMotion(connection(), row.id, motion, doing);
  LedgerRanges ranges(ledger, row.id, motion, doing);
  engine::Throttle throttle(database, options.pace, base::SystemClock());
  const double bytes =
      activity == Activity::kFill ? engine::RowBytes(row.plan, walk) : 0;
  engine::Worker worker(database, ledger, options, ranges,
                        "worker " + engine::ProcessName(), throttle, bytes);
  std::int64_t rows = 0;
  worker.moved = [&](std::int64_t moved) {
    rows += moved;
    Progress progress;
    progress.event = Progress::Event::kRows;
    progress.migration = row.id;
    progress.phase = row.phase;
    progress.activity = doing;
    progress.rows_done = rows;
    options.listeners.Send(progress);
  };
  worker.Walk(walk,
              engine::WalkOptionsOf(database.dialect().capabilities(), options,
                                    walk, kept ? kept->total : 0),
              [](const db::Result&) {});
  return rows;
}

std::int64_t Migrator::Work() {
  Session& session = *session_;
  if (!session.database.dialect().capabilities().many_sessions) {
    throw Error(ErrorKind::kRefused,
                session.database.dialect().capabilities().name +
                    " takes one writer at a time, so a second worker could "
                    "only wait for the first");
  }
  const std::string id = session.RequireActive().id;
  const base::LogContext about(engine::AboutRun(session.database, id));
  std::int64_t rows = 0;
  for (;;) {
    if (session.options.cancel != nullptr) {
      session.options.cancel->ThrowIfRequested();
    }
    const auto row = session.ledger.Load(session.connection(), id);
    const auto open =
        LedgerRanges::Open(session.connection(), session.ledger, id);
    // A contract settles rows, and a check repairs them, while it is ready.
    if (!MayMoveRows(row) && (!row || !open)) return rows;
    if (open) rows += session.HelpWith(*row, open->first, open->second);
    base::SystemClock().Sleep(kPoll);
  }
}

}  // namespace segue
