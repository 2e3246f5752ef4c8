#include <algorithm>

#include "segue/plan.h"

namespace segue {
namespace {

using Severity = Finding::Severity;

// Beyond this number a person loses the overview, and a rollback takes long.
constexpr std::size_t kManySteps = 10;

// Returns the first step that belongs before an earlier one.
const Step* OutOfOrder(const std::vector<Step>& steps) {
  const auto later = std::is_sorted_until(
      steps.begin(), steps.end(),
      [](const Step& a, const Step& b) { return a.phase < b.phase; });
  return later == steps.end() ? nullptr : &*later;
}

Source FirstContracting(const Plan& plan) {
  for (const Step& step : plan.steps) {
    if (step.phase == Phase::kContracting) return step.source;
  }
  return {};
}

Finding NoSteps() {
  return {Severity::kError,
          "plan-without-steps",
          "Migration plan has no steps",
          "there is nothing to run, and so nothing that could be completed",
          "give the migration at least one operation",
          {}};
}

Finding ContractsOnly(const Source& source) {
  return {Severity::kWarning,
          "contract-without-expand",
          "Contracting without expanding -- data loss risk",
          "nothing new takes the place of what the contract takes away, and "
          "what is taken away does not come back",
          "make sure that no application uses it before 'segue complete'",
          source};
}

Finding PhaseOrder(const Source& source) {
  return {Severity::kError,
          "phase-order",
          "Steps out of phase order (EXPANDING before MIGRATING before "
          "CONTRACTING)",
          "a step would run before what it needs, or after what it needs is "
          "gone",
          "this is a defect of what made the plan: make the plan anew",
          source};
}

Finding ManySteps(const Source& source) {
  return {Severity::kWarning,
          "many-steps",
          "Migration has many steps -- consider splitting",
          "nobody keeps more than ten steps in view, and a rollback has to "
          "undo all of them",
          "put some of the operations into a migration of their own",
          source};
}

}  // namespace

std::vector<Finding> Validate(const Plan& plan) {
  std::vector<Finding> findings;
  if (plan.steps.empty()) findings.push_back(NoSteps());
  // This is no error, because a drop of a column that nothing uses needs no
  // expansion.
  if (plan.has_phase(Phase::kContracting) &&
      !plan.has_phase(Phase::kExpanding)) {
    findings.push_back(ContractsOnly(FirstContracting(plan)));
  }
  if (const Step* step = OutOfOrder(plan.steps)) {
    findings.push_back(PhaseOrder(step->source));
  }
  if (plan.steps.size() > kManySteps) {
    findings.push_back(ManySteps(plan.steps[kManySteps].source));
  }
  return findings;
}

}  // namespace segue
