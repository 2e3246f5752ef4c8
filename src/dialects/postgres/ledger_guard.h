// Who may write what a later run executes. segue acts with the rights of the
// role that runs it, and reads the statements of a migration from its ledger,
// so a ledger that somebody else can write would give him those rights.
#pragma once

#include <string>
#include <vector>

#include "db/dialect.h"

namespace segue::postgres {

// Throws Error{kRefused}, which names the object, when a table of the ledger is
// of another kind than segue makes, or has a rule or row security: reading it
// could then run what somebody else wrote. To run what the ledger holds, its
// schema and everything in it must also belong to a role that is trusted, have
// no triggers, and not be writable by another role. Trusted are the current
// role, the roles that it is a member of, and superusers. Only pg_catalog is
// read. Passes when there is no ledger.
void RequireSafeLedger(db::Connection& connection, db::LedgerUse use);

// Returns the statements that take all rights on the tables and sequences of
// the ledger from everybody but their owner, as default privileges may have
// given some.
std::vector<std::string> LedgerSeal();

}  // namespace segue::postgres
