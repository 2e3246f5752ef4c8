#include "planner/missing_rights.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "plan/planned.h"

namespace segue::engine {

std::vector<Finding> MissingRights(db::Connection& connection,
                                   const std::string& rights_sql,
                                   const Source& source) {
  std::vector<Finding> findings;
  if (rights_sql.empty()) return findings;
  for (const db::Row& row : connection.Execute(rights_sql).rows) {
    const std::string lacks = db::ToText(row.at(0));
    const std::string remedy = db::ToText(row.at(1));
    findings.push_back({Finding::Severity::kError, "missing-right",
                        lacks + "; " + remedy,
                        "a statement of the migration would fail after others "
                        "have changed something",
                        remedy, source});
  }
  return findings;
}

std::vector<Finding> MissingRights(db::Connection& connection,
                                   const Plan& plan) {
  std::vector<Finding> findings;
  std::set<std::string> asked;
  for (const Step& step : plan.steps) {
    for (const PlannedAction& action : step.actions) {
      if (!asked.insert(action.rights).second) continue;
      std::vector<Finding> found =
          MissingRights(connection, action.rights, step.source);
      std::move(found.begin(), found.end(), std::back_inserter(findings));
    }
  }
  return findings;
}

std::vector<Finding> Exposures(db::Connection& connection,
                               const std::string& exposure_sql,
                               bool subscribers_prepared) {
  std::vector<Finding> findings;
  if (exposure_sql.empty()) return findings;
  for (const db::Row& row : connection.Execute(exposure_sql).rows) {
    const std::string severity = db::ToText(row.at(0));
    const bool refuses = severity == "error" ||
                         (severity == "subscribers" && !subscribers_prepared);
    const std::string safe_way = db::ToText(row.at(4));
    Finding finding;
    if (refuses) finding.severity = Finding::Severity::kError;
    finding.id = db::ToText(row.at(1));
    finding.message = db::ToText(row.at(2));
    if (refuses) finding.message += "; " + safe_way;
    finding.why = db::ToText(row.at(3));
    finding.safe_way = safe_way;
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace segue::engine
