#include "report/json.h"

#include <nlohmann/json.hpp>

#include "base/json_text.h"

namespace segue::report {

namespace {

using Json = nlohmann::ordered_json;

Json Steps(const std::vector<StepStatus>& steps) {
  Json list = Json::array();
  for (const StepStatus& step : steps) {
    list.push_back({{"phase", ToString(step.phase)},
                    {"description", step.description},
                    {"executed", step.executed},
                    {"rolled_back", step.rolled_back}});
  }
  return list;
}

Json List(const std::vector<WritesToFail>& writes) {
  Json list = Json::array();
  for (const WritesToFail& one : writes) {
    list.push_back({{"table", one.table},
                    {"count", one.count},
                    {"last_seen", one.last_seen},
                    {"since", one.since}});
  }
  return list;
}

Json Eta(double seconds) { return seconds < 0 ? Json() : Json(seconds); }

Json Object(const MigrationStatus& status) {
  return {{"id", status.id},
          {"title", status.title},
          {"phase", ToString(status.phase)},
          {"sub_state", ToString(status.sub_state)},
          {"access", ToString(status.access)},
          {"version_schema", status.version_schema},
          {"on_transform_error", ToString(status.on_transform_error)},
          {"progress_pct", status.progress_pct},
          {"steps", Steps(status.steps)},
          {"rows_done", status.rows_done},
          {"rows_total", status.rows_total},
          {"rows_per_second", status.rows_per_second},
          {"eta_seconds", Eta(status.eta_seconds)},
          {"activity", status.activity},
          {"paused", status.paused},
          {"pace", status.pace},
          {"pace_reason", status.pace_reason},
          {"awaited_standby", status.awaited_standby},
          {"runner", status.runner},
          {"error", status.error},
          {"started_at", status.started_at},
          {"updated_at", status.updated_at},
          {"sealed_at", status.sealed_at},
          {"undo_window_seconds", status.undo_window_seconds},
          {"undo_left_seconds", Eta(status.undo_left_seconds)},
          {"workers", status.workers},
          {"folded", status.folded},
          {"folded_into", status.folded_into},
          {"missing", status.missing},
          {"held", status.held},
          {"grants", status.grants},
          {"writes_to_fail", List(status.writes_to_fail)},
          {"refusing", status.refusing}};
}

Json List(const std::vector<HistoryEntry>& entries) {
  Json list = Json::array();
  for (const HistoryEntry& entry : entries) {
    list.push_back({{"id", entry.id},
                    {"time", entry.time},
                    {"migration", entry.migration},
                    {"phase", ToString(entry.kind)},
                    {"message", entry.message},
                    {"who", entry.who},
                    {"host", entry.host},
                    {"tool_version", entry.tool_version}});
  }
  return list;
}

Json Object(const Source& source) {
  if (!source.known()) return {};
  return {
      {"file", source.file}, {"line", source.line}, {"column", source.column}};
}

Json List(const std::vector<Finding>& findings) {
  Json list = Json::array();
  for (const Finding& finding : findings) {
    const bool error = finding.severity == Finding::Severity::kError;
    list.push_back({{"id", finding.id},
                    {"severity", error ? "error" : "warning"},
                    {"message", finding.message},
                    {"why", finding.why},
                    {"safe_way", finding.safe_way},
                    {"source", Object(finding.source)}});
  }
  return list;
}

Json List(const std::vector<VersionInfo>& versions) {
  Json list = Json::array();
  for (const VersionInfo& version : versions) {
    list.push_back({{"name", version.name},
                    {"version_schema", version.version_schema},
                    {"state", version.state},
                    {"published_at", version.published_at},
                    {"latest", version.latest},
                    {"refuses", version.refuses},
                    {"retired_at", version.retired_at}});
  }
  return list;
}

Json Object(const QueryPlan& plan) {
  Json accesses = Json::array();
  for (const TableAccess& access : plan.accesses) {
    accesses.push_back({{"method", access.method},
                        {"table", access.table},
                        {"index", access.index}});
  }
  return {{"error", plan.error},
          {"cost", plan.cost ? Json(*plan.cost) : Json()},
          {"accesses", accesses}};
}

Json Object(const Outcome& outcome, bool dry_run) {
  Json json = {{"migration", Object(outcome.status)},
               {"history", List(outcome.history)},
               {"notes", outcome.notes}};
  if (dry_run) {
    json["dry_run"] = true;
    json["plan"] = Json::parse(ToJson(outcome.plan));
  }
  return json;
}

}  // namespace

std::string PlanJson(const Plan& plan, const std::vector<Finding>& findings) {
  return base::JsonText(
      {{"plan", Json::parse(ToJson(plan))}, {"findings", List(findings)}});
}

std::string SubscribersJson(const std::vector<SubscriberPart>& parts) {
  Json all = Json::array();
  for (const SubscriberPart& part : parts) {
    all.push_back(
        {{"part", part.name}, {"when", part.when}, {"sql", part.sql}});
  }
  return base::JsonText({{"subscribers", all}});
}

std::string OutcomeJson(const Outcome& outcome, bool dry_run) {
  return base::JsonText(Object(outcome, dry_run));
}

std::string MigrateJson(const MigrateOutcome& outcome, bool dry_run) {
  Json runs = Json::array();
  for (const Outcome& run : outcome.runs) runs.push_back(Object(run, dry_run));
  return base::JsonText({{"runs", runs}, {"left", outcome.left}});
}

std::string StatusJson(const std::optional<MigrationStatus>& status) {
  return base::JsonText({{"migration", status ? Object(*status) : Json()}});
}

std::string StatusJson(const std::optional<MigrationStatus>& status,
                       const FileStatus& files) {
  return base::JsonText({{"migration", status ? Object(*status) : Json()},
                         {"pending", files.pending},
                         {"gone", files.gone}});
}

std::string HistoryJson(const std::vector<HistoryEntry>& entries) {
  return base::JsonText({{"history", List(entries)}});
}

std::string VersionsJson(const std::vector<VersionInfo>& versions) {
  return base::JsonText({{"versions", List(versions)}});
}

std::string GateJson(const GateReport& report) {
  Json items = Json::array();
  for (const GateItem& item : report.items) {
    items.push_back({{"name", item.name},
                     {"state", ToString(item.state)},
                     {"about", item.about},
                     {"message", item.message},
                     {"details", item.details},
                     {"hint", item.hint},
                     {"accepted", item.accepted}});
  }
  return base::JsonText({{"migration", report.migration},
                         {"open", report.refusing() == nullptr},
                         {"items", items}});
}

std::string RefreshJson(const RefreshReport& report) {
  return base::JsonText({{"applied", report.applied}, {"left", report.left}});
}

std::string PartitionsJson(const std::vector<MadePartition>& made) {
  Json list = Json::array();
  for (const MadePartition& one : made) {
    list.push_back({{"name", one.name}, {"from", one.from}, {"to", one.to}});
  }
  return base::JsonText({{"made", list}});
}

std::string VersionRoleJson(const VersionRole& made) {
  return base::JsonText({{"role", made.role},
                         {"version_schema", made.version_schema},
                         {"applied", made.applied}});
}

std::string InstancesJson(const std::vector<InstanceInfo>& instances) {
  Json list = Json::array();
  for (const InstanceInfo& instance : instances) {
    list.push_back({{"id", instance.id},
                    {"version", instance.version},
                    {"host", instance.host},
                    {"registered_at", instance.registered_at},
                    {"seen_ago", instance.seen_ago},
                    {"expires_in", instance.expires_in},
                    {"live", instance.live()},
                    {"role", instance.role},
                    {"sessions", instance.sessions}});
  }
  return base::JsonText({{"instances", list}});
}

std::string VerifyJson(const VerifyReport& report,
                       const VerifyOptions& options) {
  Json json = {{"migration", report.migration},
               {"rows_checked", report.rows_checked},
               {"clean", report.clean()},
               {"mismatches", report.mismatches},
               {"grants", report.grants}};
  if (!report.standby.empty()) json["standby"] = report.standby;
  if (options.repair) json["rows_repaired"] = report.rows_repaired;
  if (options.strict) json["both_given"] = report.both_given;
  return base::JsonText(json);
}

std::string ExplainJson(const ExplainReport& report) {
  Json list = Json::array();
  for (const QueryChange& change : report.changes) {
    list.push_back({{"query", change.query},
                    {"version", change.version},
                    {"before", change.before ? Object(*change.before) : Json()},
                    {"after", Object(change.after)},
                    {"verdict", change.verdict}});
  }
  return base::JsonText({{"migration", report.migration}, {"queries", list}});
}

std::string ErrorJson(const Error& error) {
  Json body = {{"kind", ToString(error.kind())},
               {"message", error.what()},
               {"hint", error.hint()},
               {"code", ExitCode(error.kind())}};
  if (!error.native_code().empty()) body["native_code"] = error.native_code();
  if (!error.sql().empty()) body["sql"] = error.sql();
  if (error.source().known()) body["source"] = Object(error.source());
  if (!error.notes().empty()) body["notes"] = error.notes();
  return base::JsonText({{"error", body}});
}

std::string ObjectJson(
    const std::vector<std::pair<std::string, std::string>>& members) {
  Json json = Json::object();
  for (const auto& [name, value] : members) json[name] = value;
  return base::JsonText(json);
}

}  // namespace segue::report
