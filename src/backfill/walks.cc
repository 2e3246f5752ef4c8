#include "backfill/walks.h"

#include "backfill/fill_cost.h"
#include "backfill/trial.h"
#include "base/text.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

// Naming the keys that fail must not take as long as the backfill itself.
constexpr std::chrono::seconds kBlameTime{20};

}  // namespace

void Walks::Fill(const MotionSql& motion) {
  BeginFillCost(context_, motion);
  FillRows(motion);
  EndFillCost(context_, motion);
}

void Walks::Settle(const MotionSql& motion) {
  Write(motion, Activity::kSettle);
}

void Walks::Retreat(const MotionSql& motion) {
  Write(motion, Activity::kRetreat);
}

void Walks::Write(const MotionSql& motion, Activity activity) {
  const WalkSql* walk = motion.Writing(activity);
  if (walk == nullptr) {
    throw Error(ErrorKind::kCorrupt, "the plan does not say how '" +
                                         motion.name + "' does its " +
                                         std::string(ToString(activity)));
  }
  RowWalk(context_, pacing_, motion, activity, *walk).Write();
}

void Walks::FillRows(const MotionSql& motion) {
  try {
    Write(motion, Activity::kFill);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kConstraint) ThrowWithKeys(motion, error);
    throw;
  }
  if (!motion.after_fill.empty()) {
    context_.session.Resiliently(
        [&] { context_.connection().Execute(motion.after_fill); });
  }
}

// The ledger does not store the trials. A plan that was read from it has none,
// so the error has only the database's message.
void Walks::ThrowWithKeys(const MotionSql& motion, const Error& error) {
  std::vector<std::string> keys;
  for (const TrialSql& trial : context_.plan().TrialsOf(motion.name)) {
    keys = Try(context_.connection(), trial, kBlameTime).failures;
    if (!keys.empty()) break;
  }
  throw Error(ErrorKind::kConstraint,
              "the backfill of '" + motion.table + "' failed: " +
                  (keys.empty() ? error.what() : base::Join(keys, "; ")))
      .WithCode(error.native_code())
      .WithHint("mend these rows or the 'up' expression, then start again");
}

void Walks::Verify(const MotionSql& motion, const std::vector<WalkSql>& walks) {
  std::vector<std::string> bad = Check(motion, walks, nullptr).rows;
  if (!bad.empty() && motion.fill && FillWhatIsLeft(motion)) {
    bad = Check(motion, walks, nullptr).rows;
  }
  if (bad.empty()) return;
  throw Error(ErrorKind::kMismatch,
              "old and new disagree in " + base::Join(bad, "; "));
}

std::int64_t Walks::RowsLeft(const MotionSql& motion) {
  std::int64_t rows = 0;
  context_.session.Resiliently([&] {
    const db::Result found = context_.connection().Execute(motion.count_left);
    rows = db::ToInt(found.rows.at(0).at(0));
  });
  return rows;
}

std::string Walks::CountLeft(const MotionSql& motion) {
  return base::CountOf(RowsLeft(motion), "row") + " of '" + motion.table +
         "' without a value for the new shape";
}

// A session whose triggers were off, such as a logical subscriber's, may have
// written rows behind the position of the fill. After a rewrite of the table
// (VACUUM FULL), whose pages are then others, it may be any row.
bool Walks::FillWhatIsLeft(const MotionSql& motion) {
  const std::int64_t rows = RowsLeft(motion);
  if (rows == 0) return false;
  context_.session.Resiliently([&] {
    context_.session.InLedger([&] {
      context_.ledger.ForgetMotion(context_.connection(), context_.migration.id,
                                   motion.name,
                                   std::string(ToString(Activity::kFill)));
      context_.ledger.AddEvent(
          context_.connection(), context_.migration.id, EventKind::kFill,
          "rows of '" + motion.table +
              "' that no trigger saw: " + base::WithThousands(rows));
    });
  });
  FillRows(motion);
  return true;
}

Disagreement Walks::Check(const MotionSql& motion,
                          const std::vector<WalkSql>& walks,
                          StandbyReading* reading) {
  constexpr std::size_t kMost = 100;
  Disagreement found;
  for (const WalkSql& walk : walks) {
    // Columns after the key hold the reason.
    const auto keys = static_cast<std::ptrdiff_t>(walk.key_columns.size());
    RowWalk rows(context_, pacing_, motion, Activity::kVerify, walk, reading);
    rows.Read([&](const db::Result& result) {
      for (const db::Row& row : result.rows) {
        if (found.rows.size() >= kMost) return;
        const bool says_why = row.size() > walk.key_columns.size();
        const db::Row key(row.begin(), row.begin() + keys);
        found.rows.push_back(walk.table + ": " + KeyText(walk, key) +
                             (says_why ? ": " + db::ToText(row.back()) : ""));
      }
    });
    found.checked += rows.total();
  }
  return found;
}

void Walks::Repair(const MotionSql& motion) {
  try {
    Write(motion, Activity::kRepair);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kConstraint) throw;
    throw Error(ErrorKind::kConstraint,
                "a row of '" + motion.table +
                    "' cannot be derived again: " + error.what())
        .WithCode(error.native_code())
        .WithHint("mend the rows that 'segue verify' lists, then repair again");
  }
}

}  // namespace segue::engine
