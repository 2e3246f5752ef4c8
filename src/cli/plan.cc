// segue plan: shows what a migration would do, without doing it.
#include "cli/commands.h"
#include "cli/migration_file.h"
#include "cli/session.h"
#include "report/json.h"
#include "report/plan_text.h"

namespace segue::cli {

namespace {

constexpr int kExitRefused = 3;

bool HasError(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    if (finding.severity == Finding::Severity::kError) return true;
  }
  return false;
}

void PrintForSubscribers(const Context& context,
                         const std::vector<SubscriberPart>& parts) {
  if (context.json()) {
    context.around.out << report::SubscribersJson(parts) << "\n";
  } else {
    context.around.out << report::SubscribersText(parts);
  }
}

}  // namespace

int RunPlan(const Context& context) {
  // The file is read first, because its mistakes can be reported without a
  // server.
  const Settings settings = ResolveSettings(context);
  const Migration migration = LoadMigration(context, settings);
  Session session(context, settings);
  if (context.arguments.Has("--subscriber-sql")) {
    PrintForSubscribers(context, session.migrator().PlanSubscribers(migration));
    return 0;
  }
  const Plan plan = session.migrator().MakePlan(migration);
  const std::vector<Finding> findings = Validate(plan);
  if (context.json()) {
    std::vector<Finding> all = plan.findings;
    all.insert(all.end(), findings.begin(), findings.end());
    context.around.out << report::PlanJson(plan, all) << "\n";
  } else {
    context.around.out << report::PlanText(plan, findings);
  }
  return HasError(findings) ? kExitRefused : 0;
}

}  // namespace segue::cli
