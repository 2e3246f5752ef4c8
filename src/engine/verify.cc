// The proof that old and new agree, row by row, and the repair of what does
// not.
#include "backfill/worker.h"
#include "base/text.h"
#include "engine/runner.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

const std::string kRepair(ToString(Activity::kRepair));

void Append(std::vector<std::string> more, std::vector<std::string>& all) {
  all.insert(all.end(), std::make_move_iterator(more.begin()),
             std::make_move_iterator(more.end()));
}

std::string RepairedText(const std::string& table, std::int64_t rows) {
  const bool one = rows == 1;
  return base::WithThousands(rows) + (one ? " row of '" : " rows of '") +
         table + (one ? "' was derived again" : "' were derived again");
}

void RequireRepair(const MotionSql& motion) {
  if (motion.repair) return;
  throw Error(ErrorKind::kRefused,
              "rows of '" + motion.table +
                  "' cannot be derived again: the migration was planned by an "
                  "earlier segue, which left no statement for it")
      .WithHint("mend the rows that 'segue verify' lists, or roll back");
}

}  // namespace

Runner::ReadingOn::ReadingOn(Runner& runner, Standby& standby)
    : runner_(runner) {
  Standby::Waiting waiting;
  waiting.check = [&runner] { runner.ThrowIfCancelled(); };
  waiting.tell = [&runner](const std::string& what) {
    Progress progress = runner.Report(Progress::Event::kNote);
    progress.message = what;
    runner.Send(progress);
  };
  runner_.reading_ = std::make_unique<StandbyConnection>(standby, waiting);
  runner_.standby_ = &standby;
}

Runner::ReadingOn::~ReadingOn() {
  runner_.standby_ = nullptr;
  runner_.reading_.reset();
}

// Columns after the key hold the reason.
std::vector<std::string> Runner::Disagreeing(
    std::size_t step, const MotionSql& motion,
    const std::vector<WalkSql>& walks) {
  constexpr std::size_t kMost = 100;
  std::vector<std::string> bad;
  std::int64_t rows = 0;
  for (const WalkSql& walk : walks) {
    const auto keys = static_cast<std::ptrdiff_t>(walk.key_columns.size());
    StartWalk(step, motion, Activity::kVerify, walk);
    WalkAndRead([&](const db::Result& result) {
      for (const db::Row& row : result.rows) {
        if (bad.size() >= kMost) return;
        const bool says_why = row.size() > walk.key_columns.size();
        const db::Row key(row.begin(), row.begin() + keys);
        bad.push_back(walk.table + ": " + backfill::KeyText(walk, key) +
                      (says_why ? ": " + db::ToText(row.back()) : ""));
      }
    });
    rows += total_;
  }
  total_ = rows;
  return bad;
}

std::vector<Runner::Proof> Runner::Proofs() const {
  std::vector<Proof> proofs;
  for (std::size_t step = 0; step < plan_.steps.size(); ++step) {
    // What the contract verifies is a part of it.
    if (plan_.steps[step].phase == Phase::kContracting) continue;
    for (const PlannedAction& action : plan_.steps[step].actions) {
      if (action.kind != ActionKind::kVerify) continue;
      proofs.push_back({step, &plan_.MotionNamed(action.motion)});
    }
  }
  return proofs;
}

VerifyReport Runner::VerifyAll(const VerifyOptions& options, Standby* standby) {
  // What a repair that was killed had done so far is not lost.
  if (options.repair) {
    for (const Proof& proof : Proofs()) RecordRepair(*proof.motion);
  }
  std::vector<Proof> wrong;
  VerifyReport report = CheckAllOn(standby, options.strict, wrong);
  if (options.repair && !wrong.empty()) {
    std::int64_t repaired = 0;
    for (const Proof& proof : wrong) repaired += Repair(proof);
    // All of it: a column that was repaired may be another motion's source.
    report = CheckAllOn(standby, options.strict, wrong);
    report.rows_repaired = repaired;
  }
  EndWalk();
  return report;
}

// What is repaired is written on the primary: only a check has the standby, and
// sees there all that was committed when it began.
VerifyReport Runner::CheckAllOn(Standby* standby, bool strict,
                                std::vector<Proof>& wrong) {
  if (standby == nullptr) return CheckAll(strict, wrong);
  Resiliently([&] { standby->Follow(connection()); });
  const ReadingOn reading(*this, *standby);
  try {
    VerifyReport report = CheckAll(strict, wrong);
    report.standby = standby->name();
    return report;
  } catch (const Error& error) {
    if (!error.retryable() || !reading_->lost()) throw;
    throw Error(ErrorKind::kConnectionLost,
                "the standby " + standby->name() +
                    " is gone: " + reading_->lost()->what())
        .WithHint(
            "nothing was changed by the check; run the same command when the "
            "standby is back, or leave it out");
  }
}

VerifyReport Runner::CheckAll(bool strict, std::vector<Proof>& wrong) {
  VerifyReport report;
  report.migration = migration_.id;
  wrong.clear();
  for (const Proof& proof : Proofs()) {
    if (CheckMotion(proof, strict, report)) wrong.push_back(proof);
  }
  return report;
}

bool Runner::CheckMotion(const Proof& proof, bool strict,
                         VerifyReport& report) {
  const MotionSql& motion = *proof.motion;
  std::vector<std::string> bad = Disagreeing(proof.step, motion, motion.verify);
  report.rows_checked += total_;
  const bool disagrees = !bad.empty();
  Append(std::move(bad), report.mismatches);
  Append(Disagreeing(proof.step, motion, motion.marked), report.mismatches);
  if (strict) {
    Append(Disagreeing(proof.step, motion, motion.both_given),
           report.both_given);
  }
  return disagrees;
}

// From the start of the table, whatever an earlier run came to: rows behind
// its cursor may have been damaged since, and only wrong ones are written.
std::int64_t Runner::Repair(const Proof& proof) {
  const MotionSql& motion = *proof.motion;
  RequireRepair(motion);
  StartWriting(proof.step, motion, Activity::kRepair);
  // It counts the rows it writes, a few, not those it passes.
  total_ = 0;
  try {
    WalkAndWrite();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kConstraint) throw;
    throw Error(ErrorKind::kConstraint,
                "a row of '" + motion.table +
                    "' cannot be derived again: " + error.what())
        .WithCode(error.native_code())
        .WithHint("mend the rows that 'segue verify' lists, then repair again");
  }
  return RecordRepair(motion);
}

// Once, also when the answer of its commit is lost: the walk's row goes with
// it.
std::int64_t Runner::RecordRepair(const MotionSql& motion) {
  std::int64_t rows = 0;
  Resiliently([&] {
    const auto walked =
        ledger_.LoadMotion(connection(), migration_.id, motion.name, kRepair);
    if (!walked) return;
    rows = walked->rows;
    if (!walked->done) {  // what its ranges say counts
      rows = LedgerRanges(ledger_, migration_.id, motion.name, kRepair)
                 .Totals(connection())
                 .rows;
    }
    InLedger([&] {
      if (rows > 0) {
        ledger_.AddEvent(connection(), migration_.id, EventKind::kRepaired,
                         RepairedText(motion.table, rows));
      }
      ledger_.ForgetMotion(connection(), migration_.id, motion.name, kRepair);
    });
  });
  return rows;
}

}  // namespace segue::engine
