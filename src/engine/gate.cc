#include "engine/gate.h"

#include "base/text.h"

namespace segue::engine {
namespace {

std::string UsageName(std::size_t step, std::size_t action) {
  return "usage " + std::to_string(step) + "." + std::to_string(action);
}

}  // namespace

void RecordUsage(const Context& context, const MigrationRow& row) {
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    const auto& actions = row.plan.steps[step].actions;
    for (std::size_t action = 0; action < actions.size(); ++action) {
      if (actions[action].usage.empty()) continue;
      const db::Result found =
          context.connection().Execute(actions[action].usage);
      if (found.rows.empty() || db::IsNull(found.rows[0].at(0))) continue;
      context.ledger.SaveMotion(
          context.connection(), row.id, UsageName(step, action), "usage",
          {{}, db::ToInt(found.rows[0].at(0)), 0, 0, true});
    }
  }
}

// A count that fell was reset by somebody; then what it says now has been
// counted since.
std::vector<std::string> UsedSinceReady(const Context& context,
                                        const MigrationRow& row) {
  std::vector<std::string> used;
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    const auto& actions = row.plan.steps[step].actions;
    for (std::size_t action = 0; action < actions.size(); ++action) {
      if (actions[action].usage.empty()) continue;
      const auto before = context.ledger.LoadMotion(
          context.connection(), row.id, UsageName(step, action), "usage");
      const db::Result found =
          context.connection().Execute(actions[action].usage);
      if (!before || found.rows.empty() || db::IsNull(found.rows[0].at(0))) {
        continue;
      }
      const std::int64_t now = db::ToInt(found.rows[0].at(0));
      const std::int64_t since = now < before->rows ? now : now - before->rows;
      if (since == 0) continue;
      used.push_back("'" + actions[action].description + "': queries used it " +
                     base::WithThousands(since) +
                     (since == 1 ? " time" : " times"));
    }
  }
  return used;
}

}  // namespace segue::engine
