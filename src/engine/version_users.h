// Who uses a published version, as far as that can be seen.
#pragma once

#include <string>
#include <vector>

#include "engine/context.h"

namespace segue::engine {

// Returns who is seen to use the published version of this migration, as texts:
// the instances that are registered for it, expired ones too, the roles that
// were made for it, and its sessions. Empty while it is not published.
std::vector<std::string> VersionUsers(const Context& context,
                                      const MigrationRow& row);

// Returns who is seen to use a live version now: live instances, the roles that
// were made for it, and sessions, also those that have called segue.hello.
std::vector<std::string> UsersNow(const Context& context,
                                  const VersionInfo& version);

// True when somebody was seen to use it when its rollback began, on a database
// where its names mean the tables of the schema once it is gone.
bool WasUsed(const Context& context, const MigrationRow& row);

// Returns the versions of the schema whose views refuse.
std::vector<std::string> Refusing(const Context& context);

// Returns the versions that are published, or were, and which of them refuse.
std::vector<VersionInfo> VersionsNow(const Context& context);

// Says of each of the versions that refuses since when, and what ends that.
std::vector<std::string> RefusingTexts(
    const std::vector<VersionInfo>& versions);

// Says for each role that was made for a version that is gone what it meets
// now.
std::vector<std::string> StrandedRoles(const Context& context,
                                       const MigrationRow& row);

// Returns how the version is taken away, so that it refuses from then on.
PlannedAction RetireAction(const Context& context,
                           const std::string& version_schema);

// Returns what a user of a version meets that is rolled back.
std::string RolledBackReason(const std::string& version_schema);

}  // namespace segue::engine
