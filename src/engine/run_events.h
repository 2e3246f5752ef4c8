// Tells the listeners what becomes of a run as a whole, and names what the log
// lines of a run are about.
#pragma once

#include "base/log.h"
#include "ledger/ledger.h"
#include "segue/error.h"
#include "segue/migrator.h"

namespace segue::engine {

// Tells the listeners about an event that the ledger has recorded already.
// `event` is an event of a run (IsOfRun) other than kPaused and kResumed, which
// say more than a row of the ledger does, and kFailed.
void TellRun(const MigratorOptions& options, const MigrationRow& row,
             Progress::Event event);

// Tells the listeners that the run has ended with `error`. Called after
// everything that was done about the error, so that its notes include that.
void TellFailure(const MigratorOptions& options, const MigrationRow& row,
                 const Error& error);

// Returns the fields of a LogContext: "database" without its password,
// "schema", and "migration" if one is given.
base::LogFields AboutRun(const Database& database,
                         const std::string& migration);

}  // namespace segue::engine
