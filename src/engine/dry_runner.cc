#include "engine/dry_runner.h"

namespace segue::engine {

void DryRunner::Run(std::size_t step, const std::function<void()>&) {
  const Step& planned = plan_.steps[step];
  HistoryEntry entry;
  entry.migration = plan_.id;
  entry.kind = EventKindOf(planned.phase);
  entry.message = "(dry run) " + planned.description;
  log_.push_back(std::move(entry));
}

void DryRunner::Undo(std::size_t step) {
  HistoryEntry entry;
  entry.migration = plan_.id;
  entry.kind = EventKind::kUndone;
  entry.message = "(dry run) Rolled back: " + plan_.steps[step].description;
  log_.push_back(std::move(entry));
}

}  // namespace segue::engine
