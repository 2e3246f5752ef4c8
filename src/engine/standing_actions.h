// The actions that a migration has run before its contract.
#pragma once

#include "engine/context.h"
#include "ledger/action_states.h"

namespace segue::engine {

// Calls `take` with the step and the place of each of them.
template <typename Take>
void EachStanding(const Context& context, const MigrationRow& row, Take take) {
  const ActionStates states(context.connection(), context.ledger, row.id);
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    const Step& planned = row.plan.steps[step];
    if (planned.phase == Phase::kContracting) continue;
    for (std::size_t at = 0; at < planned.actions.size(); ++at) {
      if (states.Of(step, at) == ActionState::kDone) take(step, at);
    }
  }
}

}  // namespace segue::engine
