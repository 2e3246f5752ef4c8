// What becomes of a run as a whole: who is told, and what the lines that it
// logs are about.
#pragma once

#include "base/log.h"
#include "ledger/ledger.h"
#include "segue/error.h"
#include "segue/migrator.h"

namespace segue::engine {

// Tells the listeners once it is so: after the ledger says it. `event` is one
// that IsOfRun, but neither kPaused nor kResumed, which say more than a row
// does, nor kFailed.
void TellRun(const MigratorOptions& options, const MigrationRow& row,
             Progress::Event event);

// Tells them that the run has ended with `error`, after all that was done about
// it, so that its notes say that too.
void TellFailure(const MigratorOptions& options, const MigrationRow& row,
                 const Error& error);

// For a LogContext: "database" without its password, "schema", and "migration"
// where one is given.
base::LogFields AboutRun(const Database& database,
                         const std::string& migration);

}  // namespace segue::engine
