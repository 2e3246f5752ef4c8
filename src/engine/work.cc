// Helping the runner of the active migration from another process.
#include "base/cancel.h"
#include "base/clock.h"
#include "engine/ranges.h"
#include "engine/session.h"
#include "engine/worker.h"
#include "segue/error.h"

namespace segue {
namespace {

using engine::LedgerRanges;
using engine::MigrationRow;

constexpr std::chrono::milliseconds kPoll{500};

// Rows are moved while it is made ready, taken back or settled.
bool MayMoveRows(const std::optional<MigrationRow>& row) {
  return row && row->sub_state != SubState::kReady &&
         row->phase != Phase::kComplete && row->phase != Phase::kRolledBack;
}

const MotionSql& MotionNamed(const Plan& plan, const std::string& name) {
  for (const Step& step : plan.steps) {
    for (const PlannedAction& action : step.actions) {
      const bool walks = action.kind != ActionKind::kSchema;
      if (walks && action.motion && action.motion->name == name) {
        return *action.motion;
      }
    }
  }
  throw Error(ErrorKind::kCorrupt,
              "the ledger has ranges of the unknown motion '" + name + "'");
}

}  // namespace

// One walk that is open, as far as there is something left of it.
std::int64_t Migrator::Session::HelpWith(const MigrationRow& row,
                                         const std::string& motion,
                                         const std::string& activity) {
  const MotionSql& sql = MotionNamed(row.plan, motion);
  const auto kept = ledger.LoadMotion(connection(), row.id, motion, activity);
  LedgerRanges ranges(ledger, row.id, motion, activity);
  engine::Throttle throttle(database, options.pace, base::SystemClock());
  const double bytes =
      activity == engine::kBackfill ? engine::RowBytes(row.plan, sql) : 0;
  engine::Worker worker(database, ledger, options, ranges,
                        "worker " + engine::ProcessName(), throttle, bytes);
  std::int64_t rows = 0;
  worker.moved = [&](std::int64_t moved) {
    rows += moved;
    Progress progress;
    progress.event = Progress::Event::kRows;
    progress.migration = row.id;
    progress.phase = row.phase;
    progress.activity = activity;
    progress.rows_done = rows;
    if (options.on_progress) options.on_progress(progress);
  };
  worker.Walk(sql, engine::StatementOf(sql, activity),
              engine::WalkOptionsOf(database.dialect().capabilities(), options,
                                    sql, activity, kept ? kept->total : 0),
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
  std::int64_t rows = 0;
  for (;;) {
    if (session.options.cancel != nullptr) {
      session.options.cancel->ThrowIfRequested();
    }
    const auto row = session.ledger.Load(session.connection(), id);
    if (!MayMoveRows(row)) return rows;
    const auto open =
        LedgerRanges::Open(session.connection(), session.ledger, id);
    if (open) rows += session.HelpWith(*row, open->first, open->second);
    base::SystemClock().Sleep(kPoll);
  }
}

}  // namespace segue
