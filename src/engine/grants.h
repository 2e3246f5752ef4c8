// Privileges that others give and take while versions are live, and the views
// and columns that have to follow them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/context.h"

namespace segue::engine {

// Returns the version schemas that applications see now.
std::vector<std::string> LiveVersions(const Context& context);

// Returns, in words, what does not follow: the privileges of these versions,
// and those of the columns of `row`, which may be null for no migration.
// Returns nothing of a migration whose contract has begun.
std::vector<std::string> UnfollowedGrants(
    const Context& context, const MigrationRow* row,
    const std::vector<std::string>& versions);

struct FollowedGrants {
  std::vector<std::string> applied;  // the statements that were executed
  std::vector<std::string> left;     // what people have to decide, in words
};

// Returns, in words, what of that FollowGrants makes follow, and what it
// leaves.
FollowedGrants PendingGrants(const Context& context, const MigrationRow* row,
                             const std::vector<std::string>& versions);

// Makes all of that follow, in one transaction, which begins with `fence`.
// Throws Error{kRefused} when something does not follow even so; then nothing
// has changed.
FollowedGrants FollowGrants(const Context& context, const MigrationRow* row,
                            const std::vector<std::string>& versions,
                            const std::function<void()>& fence);

}  // namespace segue::engine
