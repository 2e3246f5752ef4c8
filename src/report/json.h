// Results as JSON, for the command line, HTTP and the node. Each function
// returns one object without a newline at its end.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "segue/error.h"
#include "segue/files.h"
#include "segue/gate.h"
#include "segue/instances.h"
#include "segue/migrator.h"
#include "segue/partitions.h"
#include "segue/plan.h"
#include "segue/progress.h"
#include "segue/subscriber.h"
#include "segue/versions.h"

namespace segue::report {

// {"plan": {...}, "findings": [{"severity", "message"}]}
std::string PlanJson(const Plan& plan, const std::vector<Finding>& findings);
// {"subscribers": [{"part", "when", "sql": [...]}]}
std::string SubscribersJson(const std::vector<SubscriberPart>& parts);
// {"migration": {...}, "history": [...], "notes": [...]}; a dry run also has
// "dry_run": true and "plan".
std::string OutcomeJson(const Outcome& outcome, bool dry_run);
// {"runs": [as OutcomeJson...], "left": ["03_c"...]}
std::string MigrateJson(const MigrateOutcome& outcome, bool dry_run);
// {"migration": {...} or null}
std::string StatusJson(const std::optional<MigrationStatus>& status);
std::string StatusJson(const std::optional<MigrationStatus>& status,
                       const FileStatus& files);
std::string HistoryJson(const std::vector<HistoryEntry>& entries);
std::string VersionsJson(const std::vector<VersionInfo>& versions);
// {"migration", "open", "items": [{"name", "state", "about", "message",
// "details": [...], "hint", "accepted"}]}
std::string GateJson(const GateReport& report);
// {"applied": ["GRANT ..."], "left": [...]}
std::string RefreshJson(const RefreshReport& report);
// {"role", "version_schema", "applied": [statements]}
std::string PartitionsJson(const std::vector<MadePartition>& made);
std::string VersionRoleJson(const VersionRole& made);
// {"instances": [{"id", "version", "host", "live", ...}]}
std::string InstancesJson(const std::vector<InstanceInfo>& instances);
// {"migration", "rows_checked", "clean", "mismatches": [...], "grants": [...]};
// with the options also "rows_repaired" and "both_given".
std::string VerifyJson(const VerifyReport& report,
                       const VerifyOptions& options = {});
// {"migration", "queries": [{"query", "version", "before": {"error", "cost",
// "accesses": [{"method", "table", "index"}]} or null, "after", "verdict"}]}
std::string ExplainJson(const ExplainReport& report);
// {"error": {"kind", "message", "hint", "code"}}: `code` is the exit code;
// with "sql", "native_code" and "notes" where there are any.
std::string ErrorJson(const Error& error);
// {"a": "b", ...} in this order.
std::string ObjectJson(
    const std::vector<std::pair<std::string, std::string>>& members);

}  // namespace segue::report
