#include "backfill/row_walk.h"

#include <algorithm>

#include "backfill/walk_team.h"

namespace segue::engine {

double WalkProgress::Rate() const {
  const std::chrono::duration<double> elapsed =
      std::chrono::steady_clock::now() - started;
  return static_cast<double>(rows - rows_at_start) /
         std::max(elapsed.count(), 0.001);
}

RowWalk::RowWalk(const RunContext& context, Pacing& pacing,
                 const MotionSql& motion, Activity activity,
                 const WalkSql& walk, StandbyReading* reading)
    : context_(context),
      pacing_(pacing),
      motion_(motion),
      activity_(activity),
      walk_(walk),
      reading_(reading) {
  context_.reporter.SetActivity(std::string(ToString(activity_)));
  LockNeed rows;
  rows.object = walk_.table;
  context_.session.Expect(rows);
  if (activity_ != Activity::kRepair) EstimateTotal();
}

RowWalk::~RowWalk() { context_.reporter.SetActivity(""); }

void RowWalk::EstimateTotal() {
  context_.session.Resiliently([&] {
    const db::Result found =
        context_.connection().Execute(walk_.estimated_rows);
    if (!found.rows.empty() && !db::IsNull(found.rows[0][0])) {
      progress_.total = std::max<std::int64_t>(db::ToInt(found.rows[0][0]), 0);
    }
  });
}

void RowWalk::Write() {
  LedgerRanges ranges(context_.ledger, context_.migration.id, motion_.name,
                      std::string(ToString(activity_)));
  if (!PrepareRanges(ranges)) return;
  Together(ranges, [](const db::Result&) {});
  FinishRanges(ranges);
  context_.reporter.Send(WalkReport(context_, activity_, progress_, 0));
}

void RowWalk::Read(const std::function<void(const db::Result&)>& on_rows) {
  std::vector<db::Row> cuts;
  db::Row end;
  context_.session.Resiliently([&] {
    cuts = CutTable(context_.connection(), walk_.cuts, progress_.total);
    db::Connection& reader =
        reading_ == nullptr ? context_.connection() : reading_->session;
    const db::Transaction snapshot(reader, {db::Purpose::kRead});
    end = EndOfTable(reader, walk_.last);
  });
  MemoryRanges ranges(cuts, end);
  Together(ranges, on_rows);
}

void RowWalk::Together(Ranges& ranges,
                       const std::function<void(const db::Result&)>& on_rows) {
  WalkTeam(context_, pacing_, {motion_, activity_, walk_, ranges, reading_},
           progress_)
      .Run(on_rows);
}

// Ranges that an earlier runner had claimed are free again: this runner holds
// the lease, and a late commit of the earlier one is refused.
bool RowWalk::PrepareRanges(LedgerRanges& ranges) {
  const std::string activity(ToString(activity_));
  bool done = false;
  RangeTotals totals;
  std::vector<db::Row> cuts;
  db::Row end;
  context_.session.Resiliently([&] {
    const auto row = context_.ledger.LoadMotion(
        context_.connection(), context_.migration.id, motion_.name, activity);
    done = row && row->done;
    if (done) return;
    totals = ranges.Totals(context_.connection());
    if (totals.ranges == 0) {
      cuts = CutTable(context_.connection(), walk_.cuts, progress_.total);
      end = EndOfTable(context_.connection(), walk_.last);
    }
    context_.session.InLedger([&] {
      if (totals.ranges > 0) {
        ranges.Release(context_.connection(), WalkTeam::Prefix());
        return;
      }
      context_.ledger.SaveMotion(context_.connection(), context_.migration.id,
                                 motion_.name, activity,
                                 {0, progress_.total, 0, false});
      ranges.Create(context_.connection(), cuts, end);
    });
  });
  progress_.rows = progress_.rows_at_start = totals.rows;
  progress_.rows_at_reclaim = totals.rows;
  return !done;
}

// The totals of the walk are kept, and its ranges are deleted.
void RowWalk::FinishRanges(LedgerRanges& ranges) {
  const std::string activity(ToString(activity_));
  context_.session.Resiliently([&] {
    context_.session.InLedger([&] {
      const RangeTotals totals = ranges.Totals(context_.connection());
      if (totals.ranges == 0) return;  // a lost answer; it was committed
      progress_.rows = totals.rows;
      context_.ledger.ForgetMotion(context_.connection(), context_.migration.id,
                                   motion_.name, activity);
      context_.ledger.SaveMotion(
          context_.connection(), context_.migration.id, motion_.name, activity,
          {totals.rows, progress_.total, progress_.Rate(), true});
    });
  });
}

}  // namespace segue::engine
