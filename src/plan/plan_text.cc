// Prints a plan for people.
#include <fmt/format.h>

#include "base/text.h"
#include "plan/estimate_text.h"
#include "plan/planned.h"

namespace segue {
namespace {

// Indents every line of a statement, and ends the statement with one semicolon.
std::string Indented(std::string_view sql, std::string_view margin) {
  std::string_view trimmed = base::Trim(sql);
  std::string text;
  for (const std::string& line : base::Split(trimmed, '\n')) {
    if (!text.empty()) text += '\n';
    text += line.empty() ? line : std::string(margin) + line;
  }
  // A line comment at the end would swallow the semicolon.
  const std::size_t last = trimmed.rfind('\n');
  const std::string_view last_line =
      last == std::string_view::npos ? trimmed : trimmed.substr(last);
  const bool ends_in_comment = last_line.find("--") != std::string_view::npos;
  if (!trimmed.empty() && trimmed.back() != ';' && !ends_in_comment)
    text += ';';
  return text + '\n';
}

std::string Statements(std::string_view title,
                       const std::vector<std::string>& statements) {
  std::string text = fmt::format("   {}:\n", title);
  for (const std::string& sql : statements) text += Indented(sql, "     ");
  return text;
}

std::string State(const Step& step) {
  if (step.rolled_back) return " (rolled back)";
  return step.executed ? " (done)" : "";
}

std::string LockLine(const LockNeed& lock) {
  std::string text = "   Lock: " + lock.mode;
  if (!lock.object.empty()) text += " on " + lock.object;
  if (lock.budget.count() > 0) {
    text += fmt::format(", waits at most {} ms", lock.budget.count());
  }
  if (!lock.hold.empty()) text += ", held " + lock.hold;
  return text + '\n';
}

bool WalksRows(const Step& step) {
  for (const PlannedAction& action : step.actions) {
    if (action.kind != ActionKind::kSchema) return true;
  }
  return false;
}

std::string RollbackText(const Plan& plan, const Step& step) {
  const std::vector<std::string> sql = plan.RollbackSql(step);
  if (!step.reversible()) return "   Rollback: not possible after this step\n";
  if (sql.empty()) return "   Rollback: nothing to undo\n";
  return Statements("Rollback", sql);
}

std::string StepText(const Plan& plan, std::size_t number) {
  const Step& step = plan.steps[number - 1];
  std::string text =
      fmt::format("\n{}. [{}] {}{}\n", number, ToString(step.phase),
                  step.description, State(step));
  if (const LockNeed* lock = step.lock()) text += LockLine(*lock);
  const std::vector<std::string> sql = plan.ForwardSql(step);
  if (!sql.empty()) {
    text += Statements(WalksRows(step) ? "Forward (range by range)" : "Forward",
                       sql);
  }
  if (!step.actions.empty()) text += RollbackText(plan, step);
  for (const std::string& note : step.notes) text += "   Note: " + note + '\n';
  return text;
}

std::string AccessText(const Plan& plan) {
  if (plan.access == Access::kInPlace) return "in place";
  return plan.version_schema.empty() ? "versioned"
                                     : "versioned, as " + plan.version_schema;
}

// The cost of another way is shown only where that way would save something.
std::string EstimatesText(const Plan& plan) {
  std::string text;
  bool worth_figures = false;
  for (const MotionEstimate& estimate : plan.estimates) {
    if (estimate.chosen) worth_figures = !plan::NextToNothing(estimate);
    if (!estimate.chosen && !worth_figures) continue;
    text += "Estimate: " + plan::EstimateText(estimate) + '\n';
  }
  if (text.empty() || text.find(" about ") == std::string::npos) return text;
  return text +
         "Estimate: from statistics and figures of another machine; the time "
         "may be twice or half of it\n";
}

}  // namespace

std::string ToText(const Plan& plan) {
  std::string text = "Migration " + plan.id;
  if (!plan.title.empty() && plan.title != plan.id) text += ": " + plan.title;
  text += "\nAccess: " + AccessText(plan) + '\n';
  for (const std::string& note : plan.notes) text += "Note: " + note + '\n';
  text += EstimatesText(plan);
  if (plan.steps.empty()) return text + "\nNo steps.\n";
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    text += StepText(plan, i + 1);
  }
  return text;
}

}  // namespace segue
