#include "engine/plan_trial.h"

#include "base/text.h"
#include "db/plan_trial.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

std::string Describe(const Plan& plan, const db::TrialFailure& failure) {
  const Step& step = plan.steps.at(failure.step);
  return "'" + step.description + "' (" + std::string(ToString(step.phase)) +
         ") would fail: " + failure.action + ": " + failure.reason;
}

std::string NotTried(const std::string& why) {
  return "the steps were not tried beforehand, so that one of them may fail "
         "when it runs: " +
         why;
}

}  // namespace

std::vector<std::string> TryPlan(const Context& context,
                                 const Planned& planned) {
  if (!planned.trial) return {};
  const PreparedTrial& prepared = *planned.trial;
  const auto* trier =
      dynamic_cast<const db::PlanTrier*>(&context.database.dialect());
  if (trier == nullptr) return {};
  std::vector<std::string> notes;
  if (!prepared.left_out.empty()) {
    notes.push_back(NotTried(base::Join(prepared.left_out, "; ")));
  }
  if (prepared.trial.steps.empty()) return notes;
  const db::TrialOutcome outcome =
      trier->TryPlan(context.connection(), prepared.trial);
  if (!outcome.not_tried.empty()) notes.push_back(NotTried(outcome.not_tried));
  if (!outcome.failure) return notes;
  const std::string what = Describe(planned.plan, *outcome.failure);
  if (!prepared.conclusive) {
    notes.push_back("unless the 'sql' of this migration mends it, " + what);
    return notes;
  }
  throw Error(ErrorKind::kRefused, what)
      .WithSql(outcome.failure->sql)
      .WithSource(planned.plan.steps.at(outcome.failure->step).source)
      .WithHint(
          "mend what the database says, or change the migration; it was tried "
          "on an empty copy, and nothing was changed");
}

}  // namespace segue::engine
