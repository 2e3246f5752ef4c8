#include "engine/gate/old_versions.h"

#include <algorithm>

#include "engine/gate/new_version.h"
#include "ledger/versions.h"

namespace segue::engine {
namespace {

bool LivesOn(const MigrationRow& row, const VersionInfo& version) {
  const std::vector<std::string>& kept = row.plan.kept_versions;
  return std::count(kept.begin(), kept.end(), version.version_schema) > 0;
}

}  // namespace

std::vector<std::string> OldVersions(const Context& context,
                                     const MigrationRow& row) {
  std::vector<std::string> old;
  for (const VersionInfo& version :
       PublishedVersions(context.ledger).All(context.connection())) {
    if (version.state == "live" && !LivesOn(row, version) &&
        !IsNewVersion(row, version.version_schema)) {
      old.push_back(version.version_schema);
    }
  }
  return old;
}

std::vector<std::string> LivingOn(const Context& context,
                                  const MigrationRow& row) {
  std::vector<std::string> names;
  if (row.plan.kept_versions.empty()) return names;
  for (const VersionInfo& version :
       PublishedVersions(context.ledger).All(context.connection())) {
    if (!LivesOn(row, version)) continue;
    names.push_back(version.name);
    names.push_back(version.version_schema);
  }
  return names;
}

}  // namespace segue::engine
