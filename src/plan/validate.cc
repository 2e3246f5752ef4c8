#include <algorithm>

#include "segue/plan.h"

namespace segue {
namespace {

// From here on a person loses the overview, and a rollback takes long.
constexpr std::size_t kManySteps = 10;

bool InPhaseOrder(const std::vector<Step>& steps) {
  return std::is_sorted(
      steps.begin(), steps.end(),
      [](const Step& a, const Step& b) { return a.phase < b.phase; });
}

}  // namespace

std::vector<Finding> Validate(const Plan& plan) {
  using Severity = Finding::Severity;
  std::vector<Finding> findings;
  if (plan.steps.empty()) {
    findings.push_back({Severity::kError, "Migration plan has no steps"});
  }
  // Not an error: dropping a column that nothing uses needs no expansion.
  if (plan.has_phase(Phase::kContracting) &&
      !plan.has_phase(Phase::kExpanding)) {
    findings.push_back({Severity::kWarning,
                        "Contracting without expanding -- data loss risk"});
  }
  if (!InPhaseOrder(plan.steps)) {
    findings.push_back({Severity::kError,
                        "Steps out of phase order (EXPANDING before MIGRATING "
                        "before CONTRACTING)"});
  }
  if (plan.steps.size() > kManySteps) {
    findings.push_back(
        {Severity::kWarning, "Migration has many steps -- consider splitting"});
  }
  return findings;
}

}  // namespace segue
