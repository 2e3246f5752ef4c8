#include "engine/contract.h"

#include <algorithm>
#include <set>

#include "backfill/blockers.h"
#include "backfill/standby.h"
#include "base/text.h"
#include "engine/gate.h"
#include "engine/grants.h"
#include "engine/holders.h"
#include "engine/inventory.h"
#include "engine/late_views.h"
#include "engine/missing.h"
#include "engine/statements.h"
#include "engine/supplement.h"
#include "ledger/action_states.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

bool InStage(const Step& step, Stage stage) {
  return step.phase == Phase::kContracting && step.stage == stage;
}

// True when the step has done something that cannot be brought back.
bool RunForGood(const Context& context, const MigrationRow& row,
                const ActionStates& states, std::size_t step) {
  const auto& actions = row.plan.steps[step].actions;
  for (std::size_t action = 0; action < actions.size(); ++action) {
    if (actions[action].reversible) continue;
    const ActionState state = states.Of(step, action);
    if (state == ActionState::kDone) return true;
    if (state == ActionState::kRunning &&
        HappenedAlone(context.connection(), actions[action])) {
      return true;
    }
  }
  return false;
}

// Rows that came past the triggers are as the default of the provenance has
// left them.
std::string NeverFilled(const Context& context, const MigrationRow& row) {
  std::string text;
  for (const MotionSql& motion : row.plan.motions) {
    const bool mends = motion.fill && motion.repair && motion.parts.empty();
    if (!mends || motion.count_left.empty()) continue;
    const std::int64_t rows = db::ToInt(
        context.connection().Execute(motion.count_left).rows.at(0).at(0));
    if (rows == 0) continue;
    text += std::to_string(rows) + " rows of '" + motion.table +
            "' were never filled, like those of a partition that somebody has "
            "attached since the start: 'segue verify --repair' fills them; ";
  }
  return text;
}

}  // namespace

bool PastFirstDrop(const Context& context, const MigrationRow& row) {
  const ActionStates states(context.connection(), context.ledger, row.id);
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    if (row.plan.steps[step].phase != Phase::kContracting) continue;
    if (RunForGood(context, row, states, step)) return true;
  }
  return false;
}

std::vector<std::string> LastingSteps(const Context& context,
                                      const MigrationRow& row) {
  const ActionStates states(context.connection(), context.ledger, row.id);
  std::vector<std::string> lasting;
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    if (row.plan.steps[step].phase == Phase::kContracting) continue;
    if (!RunForGood(context, row, states, step)) continue;
    lasting.push_back("'" + row.plan.steps[step].description + "'");
  }
  return lasting;
}

bool ContractBegun(const Context& context, const MigrationRow& row) {
  const ActionStates states(context.connection(), context.ledger, row.id);
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    const Step& planned = row.plan.steps[step];
    if (planned.phase != Phase::kContracting) continue;
    for (std::size_t action = 0; action < planned.actions.size(); ++action) {
      if (states.Of(step, action) != ActionState::kPending) return true;
    }
  }
  return false;
}

bool Contract::OnlyForward() const {
  return row_.sub_state == SubState::kDropping || PastFirstDrop(context_, row_);
}

// Every run that may still make the first drop gathers the evidence anew. What
// an earlier run has recorded is no evidence, because clients have written rows
// and run queries since that run died.
void Contract::GatherEvidence(const std::string& force_reason) {
  RefuseRollingBack(context_, row_);
  // An earlier contract that died has exchanged names that the check reads, or
  // died while it was being undone.
  if (ContractBegun(context_, row_)) Unseal();
  RequireWhole(context_, row_);
  RefuseHeldContract(context_, row_);
  const std::vector<std::string> set = SetDefaults(context_, row_);
  if (!set.empty()) {
    RefuseUnlessForced(
        "rows may have a default in place of the value that was "
        "written: " +
            base::Join(set, "; "),
        "look at the rows that were written since", force_reason);
  }
  LetGrantsFollow(force_reason);
  transitions_.InLedger(
      [&] { KeepPrivileges(context_.connection(), context_.ledger, row_); });
  // What is given between the two is kept already, and follows all the same.
  LetGrantsFollow(force_reason);
  CatchUp(context_, transitions_, row_, parts_);
  RefuseUsed(force_reason);
  const VerifyReport report = parts_.verifier.VerifyAll();
  if (report.clean()) return;
  throw Error(ErrorKind::kMismatch,
              "old and new disagree in " + base::Join(report.mismatches, "; "))
      .WithHint(NeverFilled(context_, row_) +
                "nothing was contracted; both versions are live");
}

// What was given to a column that goes would be lost with it, and what was
// taken from it would come back.
void Contract::LetGrantsFollow(const std::string& force_reason) {
  const FollowedGrants followed = FollowGrants(
      context_, &row_, LiveVersions(context_), [&] { parts_.session.Fence(); });
  if (!followed.applied.empty()) {
    transitions_.InLedger([&] {
      transitions_.AddEvent(
          EventKind::kNote,
          "Privileges followed: " + base::Join(followed.applied, "; "));
    });
  }
  if (followed.left.empty()) return;
  RefuseUnlessForced("privileges or defaults have changed since the start: " +
                         base::Join(followed.left, "; "),
                     "give or take them as it says", force_reason);
}

void Contract::RefuseUsed(const std::string& force_reason) {
  const std::vector<std::string> used = UsedSinceReady(context_, row_);
  if (!used.empty()) {
    RefuseUnlessForced(
        "still in use since both versions are live: " + base::Join(used, "; "),
        "find the queries that need it", force_reason);
  }
  const std::vector<std::string> read = LongQueriesOnStandbys();
  if (!read.empty()) {
    RefuseUnlessForced("the replay of the contract may cancel queries of " +
                           base::Join(read, "; "),
                       "let these queries end", force_reason);
  }
}

void Contract::RefuseUnlessForced(const std::string& text,
                                  const std::string& hint,
                                  const std::string& force_reason) {
  if (force_reason.empty()) {
    throw Error(ErrorKind::kRefused, text)
        .WithHint(hint +
                  ", or run 'segue complete --force --reason TEXT'; nothing "
                  "was contracted");
  }
  transitions_.InLedger([&] {
    transitions_.AddEvent(EventKind::kForced, force_reason + " (" + text + ")");
  });
}

std::vector<std::string> Contract::LongQueriesOnStandbys() const {
  std::set<std::string> locked;
  for (const Step& step : row_.plan.steps) {
    if (step.phase != Phase::kContracting) continue;
    for (const PlannedAction& action : step.actions) {
      for (const std::string& one : base::Split(action.lock.object, ',')) {
        locked.insert(std::string(base::Trim(one)));
      }
    }
  }
  locked.erase("");
  std::vector<std::string> found;
  for (const std::string& url : context_.options.standbys) {
    const Standby standby(context_.database, context_.ledger, url, {});
    for (const std::string& one : locked) {
      for (const std::string& query :
           standby.LongQueries(LockedTable(context_.database.schema(), one))) {
        found.push_back(query);
      }
    }
  }
  return found;
}

// "Sealed" is recorded in the transaction that ends the last step of the seal.
void Contract::Seal() {
  const std::vector<Step>& steps = row_.plan.steps;
  std::size_t last = steps.size();
  for (std::size_t step = 0; step < steps.size(); ++step) {
    if (InStage(steps[step], Stage::kSeal)) last = step;
  }
  const bool sealed = row_.phase == Phase::kContracting;
  for (std::size_t step = 0; step < steps.size(); ++step) {
    if (!InStage(steps[step], Stage::kSeal)) continue;
    parts_.steps.Run(step, [&] {
      if (!sealed && step == last) transitions_.RecordSealed();
    });
  }
  if (sealed) return;
  if (last == steps.size()) {
    transitions_.MoveTo(Phase::kContracting, SubState::kSealed);
  }
  transitions_.BecomeSealed();
}

void Contract::Drop() {
  for (std::size_t step = 0; step < row_.plan.steps.size(); ++step) {
    const Step& planned = row_.plan.steps[step];
    if (!InStage(planned, Stage::kDrop)) continue;
    RenderLateViews(context_, transitions_, row_, step);
    parts_.steps.Run(step);
    if (!planned.reversible()) {
      transitions_.MoveTo(Phase::kContracting, SubState::kDropping);
    }
  }
  transitions_.MoveTo(Phase::kContracting, SubState::kDropping);
}

// The steps are forgotten because what was unsealed may be sealed again.
void Contract::Unseal() {
  UndoFrom(Phase::kContracting, row_.plan, parts_.steps);
  transitions_.BecomeUnsealed();
}

void Contract::UnsealAfter(Error& error) {
  try {
    Unseal();
  } catch (const Error& second) {
    error.WithNote(std::string("the contract was not undone: ") +
                   second.what() + "; run 'segue complete' again");
  }
}

}  // namespace segue::engine
