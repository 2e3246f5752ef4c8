#include "report/lists.h"

#include "base/visible.h"
#include "report/layout.h"

namespace segue::report {

namespace {

std::string StateText(const InstanceInfo& instance) {
  std::string text =
      instance.live()
          ? "live, expires in " + std::to_string(instance.expires_in) + " s"
          : "expired " + std::to_string(-instance.expires_in) + " s ago";
  if (instance.sessions == 0) return text;
  return text + "; " + std::to_string(instance.sessions) +
         (instance.sessions == 1 ? " session" : " sessions") + " of role " +
         instance.role;
}

}  // namespace

std::string HistoryText(const std::vector<HistoryEntry>& entries) {
  if (entries.empty()) return "No migration has been started here.\n";
  TextTable table({"TIME", "MIGRATION", "PHASE", "MESSAGE"});
  for (const HistoryEntry& entry : entries) {
    table.Add({entry.time, entry.migration, std::string(ToString(entry.kind)),
               entry.message});
  }
  return table.ToString();
}

std::string VersionsText(const std::vector<VersionInfo>& versions) {
  if (versions.empty()) {
    return "No version is published; segue start --access versioned publishes "
           "one.\n";
  }
  TextTable table({"VERSION", "SCHEMA", "STATE", "PUBLISHED"});
  for (const VersionInfo& version : versions) {
    table.Add({version.name, version.version_schema,
               version.state + (version.latest    ? " (latest)"
                                : version.refuses ? " (refuses)"
                                                  : ""),
               version.published_at});
  }
  std::string text = table.ToString();
  for (const VersionInfo& version : versions) {
    if (!version.refuses) continue;
    text += base::VisibleInLine(version.name) + " refuses its applications" +
            (version.retired_at.empty() ? "" : " since " + version.retired_at) +
            "; segue versions forget " + base::VisibleInLine(version.name) +
            " removes what it has left.\n";
  }
  return text;
}

std::string RefreshText(const RefreshReport& report) {
  if (report.applied.empty() && report.left.empty()) {
    return "All privileges are in step.\n";
  }
  std::string text;
  for (const std::string& statement : report.applied) {
    text += base::VisibleInLine(statement) + "\n";
  }
  for (const std::string& left : report.left) {
    text += "left to you: " + base::VisibleInLine(left) + "\n";
  }
  return text;
}

std::string PartitionsText(const std::string& table,
                           const std::vector<MadePartition>& made) {
  if (made.empty()) {
    return "Table '" + base::VisibleInLine(table) +
           "' has enough partitions.\n";
  }
  TextTable rows({"PARTITION", "FROM", "TO"});
  for (const MadePartition& one : made) {
    rows.Add({base::VisibleInLine(one.name), one.from, one.to});
  }
  return rows.ToString();
}

std::string VersionRoleText(const VersionRole& made) {
  std::string text;
  for (const std::string& statement : made.applied) {
    text += base::VisibleInLine(statement) + "\n";
  }
  return text + "Role '" + base::VisibleInLine(made.role) + "' sees version " +
         base::VisibleInLine(made.version_schema) +
         " from its next session on. It has no password of segue's: give it "
         "one, or another way to log in. When the version is gone, drop it or "
         "give it another one.\n";
}

std::string GateText(const GateReport& report) {
  TextTable table({"ITEM", "STATE", "EVIDENCE"});
  for (const GateItem& item : report.items) {
    const std::string state =
        std::string(ToString(item.state)) + (item.accepted ? ", accepted" : "");
    table.Add({item.name, state,
               base::VisibleInLine(item.message.empty() ? item.about
                                                        : item.message)});
    for (const std::string& detail : item.details) {
      table.Add({"", "", "  " + base::VisibleInLine(detail)});
    }
    if (!item.refuses()) continue;
    table.Add({"", "", "hint: " + base::VisibleInLine(item.hint)});
  }
  return table.ToString() +
         (report.refusing() == nullptr ? "Nothing speaks against completing "
                                       : "A complete would be refused now: ") +
         base::VisibleInLine(report.migration) + ".\n";
}

std::string InstancesText(const std::vector<InstanceInfo>& instances) {
  if (instances.empty()) return "No instance is registered.\n";
  TextTable table({"INSTANCE", "VERSION", "HOST", "STATE"});
  for (const InstanceInfo& instance : instances) {
    table.Add(
        {instance.id, instance.version, instance.host, StateText(instance)});
  }
  return table.ToString();
}

}  // namespace segue::report
