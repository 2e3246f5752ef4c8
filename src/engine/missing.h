// What a migration has made in the database and what is not there any more.
#pragma once

#include <string>
#include <vector>

#include "engine/context.h"

namespace segue::engine {

// True when a rollback of the migration is begun, also by an earlier segue,
// which did not record that it had.
bool RollingBack(const Context& context, const MigrationRow& row);

// Throws Error{kRefused} when only a rollback may go on.
void RefuseRollingBack(const Context& context, const MigrationRow& row);

// Throws Error{kRefused} unless both versions are live.
void RefuseUnready(const MigrationRow& row);

// Returns a text such as "trigger 'x' of 'users' is disabled" for each object
// of the executed steps, as the database has it now. Returns nothing once a
// contract has begun, because it takes these objects away itself.
std::vector<std::string> Missing(const Context& context,
                                 const MigrationRow& row);

// Returns a text for each default that had another value for a while, so that
// rows which were written then may have it in place of the value that was
// given. These are among what is missing.
std::vector<std::string> SetDefaults(const Context& context,
                                     const MigrationRow& row);

// Returns what others have made or changed while both sides of a column were
// written, so that values which the new version wrote may not be in the old
// column, or the other way round: tables that inherit, defaults. No look at the
// rows can tell.
std::vector<std::string> OutOfStep(const Context& context,
                                   const MigrationRow& row);

// Returns what somebody else has renamed, so that an undo would not find it.
std::vector<std::string> Renamed(const Context& context,
                                 const MigrationRow& row);

// Throws Error{kRefused} that names what is missing.
void RequireWhole(const Context& context, const MigrationRow& row);

}  // namespace segue::engine
