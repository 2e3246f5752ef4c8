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

// The remarks are comments, so that the whole text is a script.
std::string SubscribersText(const std::vector<SubscriberPart>& parts) {
  if (parts.empty()) {
    return "-- Subscribers need nothing: nothing that changes is published.\n";
  }
  std::string text =
      "-- For the subscribers of this database, part by part, each in a "
      "transaction of its own.\n";
  for (const SubscriberPart& part : parts) {
    text += "\n-- " + part.name + ": " + part.when + "\nBEGIN;\n";
    for (const std::string& sql : part.sql) text += sql + ";\n";
    text += "COMMIT;\n";
  }
  return text;
}

}  // namespace segue::report
