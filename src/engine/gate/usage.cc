#include "engine/gate/usage.h"

#include "base/text.h"
#include "engine/gate/items.h"
#include "ledger/observations.h"

namespace segue::engine {
namespace {

bool CountsUsage(const Plan& plan) {
  for (const Step& step : plan.steps) {
    for (const PlannedAction& action : step.actions) {
      if (!action.usage.empty()) return true;
    }
  }
  return false;
}

}  // namespace

void SettleUsage(const Context& context, const MigrationRow& row) {
  if (!CountsUsage(row.plan)) return;
  context.database.dialect().SettleCounts(context.connection());
}

void RecordUsage(const Context& context, const MigrationRow& row) {
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    const auto& actions = row.plan.steps[step].actions;
    for (std::size_t action = 0; action < actions.size(); ++action) {
      if (actions[action].usage.empty()) continue;
      const db::Result found =
          context.connection().Execute(actions[action].usage);
      if (found.rows.empty() || db::IsNull(found.rows[0].at(0))) continue;
      Observations(context.ledger)
          .Save(context.connection(), row.id, ObservationKind::kUsage,
                ActionName(step, action), {db::ToInt(found.rows[0].at(0))});
    }
  }
}

namespace {

// A count that is lower than before was reset in between, so everything that it
// counts now has happened since then.
std::vector<std::string> UsedSinceReady(const Context& context,
                                        const MigrationRow& row) {
  std::vector<std::string> used;
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    const auto& actions = row.plan.steps[step].actions;
    for (std::size_t action = 0; action < actions.size(); ++action) {
      if (actions[action].usage.empty()) continue;
      const auto before =
          Observations(context.ledger)
              .Load(context.connection(), row.id, ObservationKind::kUsage,
                    ActionName(step, action));
      const db::Result found =
          context.connection().Execute(actions[action].usage);
      if (!before || found.rows.empty() || db::IsNull(found.rows[0].at(0))) {
        continue;
      }
      const std::int64_t now = db::ToInt(found.rows[0].at(0));
      const std::int64_t then = db::ToInt(before->at(0));
      const std::int64_t since = now < then ? now : now - then;
      if (since == 0) continue;
      used.push_back("'" + actions[action].description + "': queries used it " +
                     base::CountOf(since, "time"));
    }
  }
  return used;
}

}  // namespace

std::optional<GateAnswer> AskUsage(const GateContext& gate) {
  if (!CountsUsage(gate.row.plan)) return std::nullopt;
  return FailsOver(UsedSinceReady(gate.context, gate.row),
                   "still in use since both versions are live:",
                   "find the queries that need it");
}

}  // namespace segue::engine
