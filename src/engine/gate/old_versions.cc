#include "engine/gate/old_versions.h"

#include "engine/gate/new_version.h"
#include "ledger/versions.h"

namespace segue::engine {

std::vector<std::string> OldVersions(const Context& context,
                                     const MigrationRow& row) {
  std::vector<std::string> old;
  for (const VersionInfo& version :
       PublishedVersions(context.ledger).All(context.connection())) {
    if (version.state == "live" && !IsNewVersion(row, version.version_schema)) {
      old.push_back(version.version_schema);
    }
  }
  return old;
}

}  // namespace segue::engine
