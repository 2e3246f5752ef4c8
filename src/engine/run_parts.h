// The objects that run the steps of one migration and move its rows.
#pragma once

#include "backfill/pacing.h"
#include "backfill/reporter.h"
#include "backfill/run_context.h"
#include "backfill/runner_session.h"
#include "backfill/verifier.h"
#include "backfill/walks.h"
#include "engine/context.h"
#include "engine/gate/writes.h"
#include "engine/step_runner.h"

namespace segue::engine {

// The parts refer to each other, so this object is neither copied nor moved.
class RunParts {
 public:
  // `options` are the options that this run obeys, which may differ from those
  // of the context. All references must outlive the parts.
  RunParts(const Context& context, Lease& lease, const MigratorOptions& options,
           const MigrationRow& row);
  RunParts(const RunParts&) = delete;
  RunParts& operator=(const RunParts&) = delete;

 private:
  Reporter reporter_;

 public:
  RunnerSession session;

 private:
  RunContext context_;
  WritesWatch writes_;
  Pacing pacing_;
  Walks walks_;

 public:
  StepRunner steps;
  Verifier verifier;
};

}  // namespace segue::engine
