#include "report/plan_text.h"

namespace segue::report {

namespace {

std::string FindingText(const Finding& finding) {
  const bool error = finding.severity == Finding::Severity::kError;
  std::string text = (error ? "Error: " : "Warning: ") + finding.message + "\n";
  const std::string source = finding.source.ToString();
  if (!source.empty()) text += "  at: " + source + "\n";
  text += "  why: " + finding.why + "\n";
  text += "  instead: " + finding.safe_way + "\n";
  return text;
}

}  // namespace

std::string PlanText(const Plan& plan, const std::vector<Finding>& findings) {
  std::string text = ToText(plan);
  if (!findings.empty()) text += "\n";
  for (const Finding& finding : findings) text += FindingText(finding);
  return text;
}

}  // namespace segue::report
