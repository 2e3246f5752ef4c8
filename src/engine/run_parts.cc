#include "engine/run_parts.h"

namespace segue::engine {

RunParts::RunParts(const Context& context, Lease& lease,
                   const MigratorOptions& options, const MigrationRow& row)
    : reporter_(options, row),
      session(context.database, context.ledger, lease, options, row, reporter_),
      context_{context.database, context.ledger, options, row,
               session,          reporter_},
      writes_(context, row, session),
      pacing_(context_, [this] { writes_.Look(); }),
      walks_(context_, pacing_),
      steps(context_, walks_),
      verifier(context_, walks_) {
  Plan before = row.plan;
  context.ledger.LoadStates(context.connection(), row.id, before);
  std::size_t done = 0;
  for (const Step& step : before.steps) {
    if (step.executed && !step.rolled_back) ++done;
  }
  reporter_.SetStepsDone(done);
}

}  // namespace segue::engine
