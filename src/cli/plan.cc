// segue plan: what a migration would do, without doing it.
#include "cli/commands.h"
#include "cli/migration_file.h"
#include "cli/output.h"
#include "cli/session.h"

namespace segue::cli {

namespace {

constexpr int kExitRefused = 3;

std::string FindingText(const Finding& finding) {
  const bool error = finding.severity == Finding::Severity::kError;
  std::string text = (error ? "Error: " : "Warning: ") + finding.message + "\n";
  const std::string source = finding.source.ToString();
  if (!source.empty()) text += "  at: " + source + "\n";
  text += "  why: " + finding.why + "\n";
  text += "  instead: " + finding.safe_way + "\n";
  return text;
}

bool HasError(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    if (finding.severity == Finding::Severity::kError) return true;
  }
  return false;
}

void Print(std::ostream& out, const Plan& plan,
           const std::vector<Finding>& findings) {
  out << ToText(plan);
  if (!findings.empty()) out << "\n";
  for (const Finding& finding : findings) out << FindingText(finding);
}

}  // namespace

int RunPlan(const Context& context) {
  // The file first: what is wrong with it needs no server to say so.
  const Settings settings = ResolveSettings(context);
  const Migration migration = LoadMigration(context, settings);
  Session session(context, settings);
  const Plan plan = session.migrator().MakePlan(migration);
  const std::vector<Finding> findings = Validate(plan);
  if (context.json()) {
    std::vector<Finding> all = plan.findings;
    all.insert(all.end(), findings.begin(), findings.end());
    context.around.out << PlanJson(plan, all) << "\n";
  } else {
    Print(context.around.out, plan, findings);
  }
  return HasError(findings) ? kExitRefused : 0;
}

}  // namespace segue::cli
