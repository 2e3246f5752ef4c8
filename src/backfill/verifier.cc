#include "backfill/verifier.h"

#include "backfill/ranges.h"
#include "base/append.h"
#include "base/text.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

const std::string kRepair(ToString(Activity::kRepair));

std::string RepairedText(const std::string& table, std::int64_t rows) {
  return base::CountOf(rows, "row") + " of '" + table +
         (rows == 1 ? "' was derived again" : "' were derived again");
}

bool Proves(ActionKind kind) {
  return kind == ActionKind::kVerify || kind == ActionKind::kVerifyUnmarked;
}

// True when nothing is filled: the contract alone needs that no row is found.
bool OnlyFinds(const MotionSql& motion) { return !motion.fill; }

void RequireRepair(const MotionSql& motion) {
  if (motion.repair) return;
  throw Error(ErrorKind::kRefused,
              "rows of '" + motion.table +
                  "' cannot be derived again: the plan has no statement for "
                  "it, as for a table that is copied whole, and in a plan of "
                  "an earlier segue")
      .WithHint("mend the rows that 'segue verify' lists, or roll back");
}

}  // namespace

std::vector<Verifier::Proof> Verifier::Proofs() const {
  const Plan& plan = context_.plan();
  std::vector<Proof> proofs;
  for (std::size_t step = 0; step < plan.steps.size(); ++step) {
    const bool contracts = plan.steps[step].phase == Phase::kContracting;
    for (const PlannedAction& action : plan.steps[step].actions) {
      if (!Proves(action.kind)) continue;
      const MotionSql& motion = plan.MotionNamed(action.motion);
      // What the steps of the contract verify is a part of the contract, unless
      // nothing else looks for these rows.
      if (contracts == OnlyFinds(motion)) proofs.push_back({step, &motion});
    }
  }
  return proofs;
}

VerifyReport Verifier::VerifyAll(const VerifyOptions& options,
                                 Standby* standby) {
  // A repair that was killed has recorded its rows in the ledger; they count
  // too.
  if (options.repair) {
    for (const Proof& proof : Proofs()) RecordRepair(*proof.motion);
  }
  std::vector<Proof> wrong;
  VerifyReport report = CheckAllOn(standby, options.strict, wrong);
  if (options.repair && !wrong.empty()) {
    std::int64_t repaired = 0;
    for (const Proof& proof : wrong) repaired += Repair(proof);
    // All motions are checked again, because another motion may read a column
    // that was repaired.
    report = CheckAllOn(standby, options.strict, wrong);
    report.rows_repaired = repaired;
  }
  return report;
}

// A repair writes on the primary, so only a check uses the standby. The check
// sees there everything that was committed when it began.
VerifyReport Verifier::CheckAllOn(Standby* standby, bool strict,
                                  std::vector<Proof>& wrong) {
  if (standby == nullptr) return CheckAll(strict, nullptr, wrong);
  context_.session.Resiliently([&] { standby->Follow(context_.connection()); });
  Standby::Waiting waiting;
  waiting.check = [this] { context_.session.ThrowIfStopping(); };
  waiting.tell = [this](const std::string& what) {
    context_.reporter.Tell(Progress::Event::kNote, what);
  };
  StandbyReading reading{*standby, {*standby, waiting}};
  try {
    VerifyReport report = CheckAll(strict, &reading, wrong);
    report.standby = standby->name();
    return report;
  } catch (const Error& error) {
    if (!error.retryable() || !reading.session.lost()) throw;
    throw Error(ErrorKind::kConnectionLost,
                "the standby " + standby->name() +
                    " is gone: " + reading.session.lost()->what())
        .WithHint(
            "nothing was changed by the check; run the same command when the "
            "standby is back, or leave it out");
  }
}

VerifyReport Verifier::CheckAll(bool strict, StandbyReading* reading,
                                std::vector<Proof>& wrong) {
  VerifyReport report;
  report.migration = context_.migration.id;
  wrong.clear();
  for (const Proof& proof : Proofs()) {
    if (CheckMotion(proof, strict, reading, report)) wrong.push_back(proof);
  }
  return report;
}

bool Verifier::CheckMotion(const Proof& proof, bool strict,
                           StandbyReading* reading, VerifyReport& report) {
  const MotionSql& motion = *proof.motion;
  context_.reporter.WorkOn(proof.step);
  Disagreement bad = walks_.Check(motion, motion.verify, reading);
  report.rows_checked += bad.checked;
  const bool disagrees = !bad.rows.empty();
  if (disagrees && motion.repair) report.repairable = true;
  base::Append(std::move(bad.rows), report.mismatches);
  AppendMarked(motion, walks_.Check(motion, motion.marked, reading), report);
  if (strict) {
    base::Append(walks_.Check(motion, motion.both_given, reading).rows,
                 report.both_given);
  }
  return disagrees;
}

VerifyReport Verifier::VerifySealed() {
  VerifyReport report;
  report.migration = context_.migration.id;
  for (const Proof& proof : Proofs()) {
    const MotionSql& motion = *proof.motion;
    context_.reporter.WorkOn(proof.step);
    const bool exchanged = !motion.verify_sealed.empty();
    Disagreement bad = walks_.Check(
        motion, exchanged ? motion.verify_sealed : motion.verify, nullptr);
    report.rows_checked += bad.checked;
    base::Append(std::move(bad.rows), report.mismatches);
  }
  return report;
}

std::vector<std::string> Verifier::MarkedSealed() {
  std::vector<std::string> marked;
  for (const Proof& proof : Proofs()) {
    context_.reporter.WorkOn(proof.step);
    const MotionSql& motion = *proof.motion;
    base::Append(walks_.Check(motion, motion.marked_sealed, nullptr).rows,
                 marked);
  }
  return marked;
}

// A row that is marked has no value, but one can still be given to it.
void Verifier::AppendMarked(const MotionSql& motion, Disagreement marked,
                            VerifyReport& report) {
  if (OnlyFinds(motion)) {
    report.rows_checked += marked.checked;
    if (!marked.rows.empty()) {
      report.mismatches.push_back(walks_.CountLeft(motion));
    }
  }
  base::Append(std::move(marked.rows), report.mismatches);
}

// The repair starts at the beginning of the table, even if an earlier run had
// come further: rows behind its position may have been damaged since, and only
// rows that disagree are written.
std::int64_t Verifier::Repair(const Proof& proof) {
  const MotionSql& motion = *proof.motion;
  RequireRepair(motion);
  context_.reporter.WorkOn(proof.step);
  walks_.Repair(motion);
  return RecordRepair(motion);
}

// The line is written once, even when the answer to the commit is lost, because
// the same transaction deletes the row of the walk.
std::int64_t Verifier::RecordRepair(const MotionSql& motion) {
  std::int64_t rows = 0;
  context_.session.Resiliently([&] {
    const auto walked = context_.ledger.LoadMotion(
        context_.connection(), context_.migration.id, motion.name, kRepair);
    if (!walked) return;
    rows = walked->rows;
    if (!walked->done) {  // its ranges have the total
      rows = LedgerRanges(context_.ledger, context_.migration.id, motion.name,
                          kRepair)
                 .Totals(context_.connection())
                 .rows;
    }
    context_.session.InLedger([&] {
      if (rows > 0) {
        context_.ledger.AddEvent(context_.connection(), context_.migration.id,
                                 EventKind::kRepaired,
                                 RepairedText(motion.table, rows));
      }
      context_.ledger.ForgetMotion(context_.connection(), context_.migration.id,
                                   motion.name, kRepair);
    });
  });
  return rows;
}

}  // namespace segue::engine
