#include "checks/hazards.h"

#include <algorithm>

namespace segue::checks {

std::vector<Finding> CheckHazards(const CheckContext& context) {
  std::vector<Finding> findings;
  if (context.language == nullptr) return findings;
  std::vector<plan::Action> actions;
  std::vector<Source> sources;
  for (const ops::DraftStep& step : context.steps) {
    for (const plan::Action& action : step.actions) {
      actions.push_back(action);
      sources.push_back(step.source);
    }
  }
  const db::RenderContext render{context.schema, {}, context.motions};
  for (db::Hazard& hazard : context.language->Hazards(actions, render)) {
    // Several actions may meet the same object.
    const bool known = std::any_of(
        findings.begin(), findings.end(),
        [&](const Finding& one) { return one.message == hazard.message; });
    if (known) continue;
    findings.push_back({hazard.refuses ? Finding::Severity::kError
                                       : Finding::Severity::kWarning,
                        std::move(hazard.id), std::move(hazard.message),
                        std::move(hazard.why), std::move(hazard.safe_way),
                        sources.at(hazard.action)});
  }
  return findings;
}

}  // namespace segue::checks
