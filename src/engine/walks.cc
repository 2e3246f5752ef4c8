// The steps that move or check rows: fill, verify, settle.
#include <algorithm>

#include "backfill/trial.h"
#include "base/clock.h"
#include "base/text.h"
#include "engine/runner.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

constexpr const char* kBackfill = "backfill";
constexpr const char* kVerify = "verify";
constexpr const char* kSettle = "settle";
constexpr const char* kRetreat = "retreat";

// Naming the failing keys must not take as long as the backfill itself.
constexpr std::chrono::seconds kBlameTime{20};

// How much of its step a walk has done: a fill writes, a check only reads.
double ShareOfStep(const std::string& activity, std::int64_t rows,
                   std::int64_t total) {
  constexpr double kFill = 0.8;
  const double part =
      total <= 0 ? 0 : static_cast<double>(rows) / static_cast<double>(total);
  if (activity == kBackfill) return kFill * part;
  if (activity == kVerify) return kFill + (1 - kFill) * part;
  return 0;
}

}  // namespace

void Runner::RunWork(std::size_t step, std::size_t action) {
  const PlannedAction& planned = ActionAt(step, action);
  const MotionSql& motion = *planned.motion;
  switch (planned.kind) {
    case ActionKind::kBackfill:
      StartWalk(step, motion, kBackfill);
      Fill(motion);
      break;
    case ActionKind::kSettle:
      StartWalk(step, motion, kSettle);
      backfill::Walk(*this, motion, motion.settle, WalkOptionsFor(true),
                     [](const db::Result&) {});
      break;
    case ActionKind::kVerify: {
      StartWalk(step, motion, kVerify);
      const std::vector<std::string> bad = Disagreeing(motion, motion.verify);
      if (!bad.empty()) {
        throw Error(ErrorKind::kMismatch,
                    "old and new disagree in " + base::Join(bad, "; "));
      }
      break;
    }
    case ActionKind::kRetreat:
      break;  // it works on the way back only
    case ActionKind::kSchema:
      throw Error(ErrorKind::kInternal, "a schema action is no walk");
  }
  activity_.clear();
  Resiliently([&] { InLedger([&] { MarkDone(step, action); }); });
}

// First the triggers stop making copies, then the copies go. Both are safe to
// repeat, and the walk goes on where an earlier attempt stopped.
void Runner::UndoRetreat(std::size_t step, std::size_t action) {
  const PlannedAction& planned = ActionAt(step, action);
  const MotionSql& motion = *planned.motion;
  locked_ = planned.lock.object;
  Resiliently([&] {
    db::Transaction transaction(connection(),
                                {db::Purpose::kSchema, LockBudget()});
    lease_.Fence(connection());
    for (const Statement& statement : planned.undo) Execute(statement);
    transaction.Commit();
  });
  if (!motion.retreat.all.empty()) {
    StartWalk(step, motion, kRetreat);
    backfill::Walk(*this, motion, motion.retreat, WalkOptionsFor(true),
                   [](const db::Result&) {});
    activity_.clear();
  }
  Resiliently([&] {
    InLedger([&] {
      ledger_.SetState(connection(), migration_.id, static_cast<int>(step),
                       static_cast<int>(action), ActionState::kUndone);
    });
  });
}

void Runner::StartWalk(std::size_t step, const MotionSql& motion,
                       const std::string& activity) {
  step_ = step;
  motion_ = &motion;
  activity_ = activity;
  locked_ = motion.table;
  total_ = 0;
  Resiliently([&] {
    const db::Result found = connection().Execute(motion.estimated_rows);
    if (!found.rows.empty() && !db::IsNull(found.rows[0][0])) {
      total_ = std::max<std::int64_t>(db::ToInt(found.rows[0][0]), 0);
    }
  });
}

void Runner::Fill(const MotionSql& motion) {
  try {
    backfill::WalkOptions walk = WalkOptionsFor(true);
    if (!motion.fill_marking.all.empty()) {
      walk.when_refused = &motion.fill_marking;
    }
    backfill::Walk(*this, motion, motion.fill, walk, [](const db::Result&) {});
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kConstraint) ThrowWithKeys(motion, error);
    throw;
  }
  if (!motion.after_fill.empty()) {
    Resiliently([&] { connection().Execute(motion.after_fill); });
  }
}

void Runner::ThrowWithKeys(const MotionSql& motion, const Error& error) {
  std::vector<std::string> keys;
  if (!motion.trial.all.empty()) {
    keys = backfill::Try(connection(), motion, motion.trial, Load().cursor,
                         kBlameTime)
               .failures;
  }
  throw Error(ErrorKind::kConstraint,
              "the backfill of '" + motion.table + "' failed: " +
                  (keys.empty() ? error.what() : base::Join(keys, "; ")))
      .WithCode(error.native_code())
      .WithHint("mend these rows or the 'up' expression, then start again");
}

backfill::WalkOptions Runner::WalkOptionsFor(bool writes) const {
  const db::Capabilities& can = database_.dialect().capabilities();
  backfill::WalkOptions walk;
  walk.chunk_time =
      options_.chunk_time.count() > 0 ? options_.chunk_time : can.chunk_time;
  walk.lock_budget = LockBudget();
  walk.rest = writes ? can.chunk_rest : 0;
  walk.writes = writes;
  return walk;
}

backfill::Position Runner::Load() {
  backfill::Position position;
  position.total = total_;
  if (activity_ == kVerify) return position;
  Resiliently([&] {
    const auto row = ledger_.LoadMotion(connection(), migration_.id,
                                        motion_->name, activity_);
    if (!row) return;
    position = {row->cursor, row->rows, total_, 0, row->done};
  });
  return position;
}

void Runner::Save(const backfill::Position& position) {
  ledger_.SaveMotion(connection(), migration_.id, motion_->name, activity_,
                     {position.cursor, position.rows, position.total,
                      position.rate, position.done});
}

void Runner::Moved(const backfill::Position& position,
                   std::int64_t chunk_rows) {
  Progress progress = Report(Progress::Event::kRows);
  progress.rows_done = position.rows;
  progress.rows_total = std::max(total_, position.rows);
  progress.rows_per_second = position.rate;
  progress.chunk_rows = chunk_rows;
  progress.chunk_seconds =
      std::chrono::duration<double>(base::SystemClock().Now() - chunk_began_)
          .count();
  if (position.rate > 0 && total_ > 0) {
    progress.eta_seconds =
        static_cast<double>(progress.rows_total - position.rows) /
        position.rate;
  }
  // A step that is done is counted already.
  if (step_ >= steps_done_) {
    progress.progress_pct +=
        100.0 / static_cast<double>(plan_.steps.size()) *
        ShareOfStep(activity_, position.rows, progress.rows_total);
  }
  Send(progress);
}

void Runner::Fence() { lease_.Fence(connection()); }

}  // namespace segue::engine
