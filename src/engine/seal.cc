#include "engine/seal.h"

#include <algorithm>

#include "base/append.h"
#include "base/clock.h"
#include "engine/contract.h"
#include "engine/gate/usage.h"
#include "engine/inventory.h"
#include "engine/statements.h"
#include "ledger/action_states.h"
#include "ledger/observations.h"
#include "segue/progress.h"

namespace segue::engine {
namespace {

constexpr const char* kSealed = "sealed";

bool SealedWhole(const Context& context, const MigrationRow& row) {
  const ActionStates states(context.connection(), context.ledger, row.id);
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    const Step& planned = row.plan.steps[step];
    if (planned.phase != Phase::kContracting || planned.stage != Stage::kSeal) {
      continue;
    }
    for (std::size_t at = 0; at < planned.actions.size(); ++at) {
      if (states.Of(step, at) != ActionState::kDone) return false;
    }
  }
  return true;
}

// "2 h 5 min left" or "over".
std::string LeftText(const SealWindow& window) {
  if (window.over()) return "over";
  return FormatDuration(window.left_seconds) + " left";
}

}  // namespace

std::optional<SealWindow> WindowOf(const Context& context,
                                   const MigrationRow& row) {
  const bool sealed =
      row.phase == Phase::kContracting && row.sub_state == SubState::kSealed;
  if (!sealed || row.plan.undo_window.count() == 0) return std::nullopt;
  if (!SealedWhole(context, row) || PastFirstDrop(context, row)) {
    return std::nullopt;
  }
  const auto at = Observations(context.ledger)
                      .Load(context.connection(), row.id,
                            ObservationKind::kSwitch, kSealed);
  if (!at) {
    throw Error(
        ErrorKind::kCorrupt,
        "the ledger does not say when migration '" + row.id + "' was sealed");
  }
  SealWindow window{db::ToText(at->at(0))};
  const std::chrono::duration<double> passed =
      base::SystemClock().WallTime() - base::ParseUtc(window.sealed_at);
  const std::chrono::duration<double> left = row.plan.undo_window - passed;
  window.left_seconds = std::max(0.0, left.count());
  return window;
}

bool WasSealed(const Context& context, const MigrationRow& row) {
  return Observations(context.ledger)
      .Load(context.connection(), row.id, ObservationKind::kSwitch, kSealed)
      .has_value();
}

void RecordSeal(const Context& context, const MigrationRow& row) {
  db::Connection& connection = context.connection();
  Observations(context.ledger)
      .Save(connection, row.id, ObservationKind::kSwitch, kSealed,
            {base::FormatUtc(base::SystemClock().WallTime())});
  KeepInventory(connection, context.ledger, row, AskedOf::kPutAside);
  RecordUsage(context, row);
}

std::vector<std::string> LostByUndo(const Context& context,
                                    const MigrationRow& row, RunParts& parts) {
  std::vector<std::string> lost = parts.verifier.MarkedSealed();
  base::Append(UndoObjections(context, row, UndoOf::kContract), lost);
  return lost;
}

std::string SealedText(const SealWindow& window) {
  return "the old shape is out of reach and can be brought back (" +
         LeftText(window) +
         "): 'segue undo' does that, 'segue complete --drop' drops it";
}

Error StillSealed(const MigrationRow& row, const SealWindow& window) {
  Error error(ErrorKind::kRefused, "migration '" + row.id +
                                       "' is sealed and can be undone (" +
                                       LeftText(window) + ")");
  error.WithHint("'segue complete " + row.id +
                 " --drop' drops the old shape now; 'segue undo " + row.id +
                 "' makes both versions live again");
  return error;
}

}  // namespace segue::engine
