#include "backfill/options.h"

namespace segue::engine {

MigratorOptions OptionsFor(const MigratorOptions& given,
                           const Migration& migration) {
  MigratorOptions options = given;
  const PaceOptions& pace = migration.pace;
  if (migration.chunk_time) options.chunk_time = *migration.chunk_time;
  if (migration.workers > 0) options.workers = migration.workers;
  if (pace.rows_per_second > 0 || pace.bytes_per_second > 0) {
    options.pace.rows_per_second = pace.rows_per_second;
    options.pace.bytes_per_second = pace.bytes_per_second;
  }
  if (!pace.window.empty()) options.pace.window = pace.window;
  if (!pace.limits.empty()) options.pace.limits = pace.limits;
  return options;
}

std::chrono::milliseconds LockBudgetOf(const MigratorOptions& options,
                                       const db::Capabilities& capabilities) {
  return options.lock_budget.count() > 0 ? options.lock_budget
                                         : capabilities.lock_budget;
}

}  // namespace segue::engine
