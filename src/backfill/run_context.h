// The parts of a run share this context, whether they move rows, verify them,
// or run steps.
#pragma once

#include "backfill/reporter.h"
#include "backfill/runner_session.h"
#include "ledger/ledger.h"
#include "plan/planned.h"
#include "segue/database.h"

namespace segue::engine {

// The context holds references only. What they refer to must outlive every user
// of the context.
struct RunContext {
  Database& database;
  const Ledger& ledger;
  const MigratorOptions& options;
  const MigrationRow& migration;
  RunnerSession& session;
  Reporter& reporter;

  const Plan& plan() const { return migration.plan; }
  db::Connection& connection() const { return session.connection(); }
};

}  // namespace segue::engine
