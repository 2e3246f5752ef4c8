// What the database knows of migrations, versions and instances, as tables for
// people. Each says in a sentence when there is nothing.
#pragma once

#include <string>
#include <vector>

#include "segue/instances.h"
#include "segue/progress.h"

namespace segue::report {

std::string HistoryText(const std::vector<HistoryEntry>& entries);
std::string VersionsText(const std::vector<VersionInfo>& versions);
std::string InstancesText(const std::vector<InstanceInfo>& instances);

}  // namespace segue::report
