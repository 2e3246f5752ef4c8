// Migrations, versions and instances as tables for people. An empty list is a
// sentence that says so.
#pragma once

#include <string>
#include <vector>

#include "segue/gate.h"
#include "segue/instances.h"
#include "segue/migrator.h"
#include "segue/partitions.h"
#include "segue/progress.h"
#include "segue/versions.h"

namespace segue::report {

std::string HistoryText(const std::vector<HistoryEntry>& entries);
std::string VersionsText(const std::vector<VersionInfo>& versions);
std::string RefreshText(const RefreshReport& report);
std::string PartitionsText(const std::string& table,
                           const std::vector<MadePartition>& made);
std::string VersionRoleText(const VersionRole& made);
std::string GateText(const GateReport& report);
std::string InstancesText(const std::vector<InstanceInfo>& instances);

}  // namespace segue::report
