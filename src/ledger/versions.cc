#include "ledger/versions.h"

#include <algorithm>

#include "base/clock.h"
#include "base/text.h"
#include "ledger/observations.h"

namespace segue::engine {

std::vector<std::string> KnownVersions(db::Connection& connection,
                                       const Ledger& ledger) {
  const std::string version = ledger.TableNamed("version");
  const std::string& schema = ledger.schema_name();
  const db::Result found = connection.Execute(
      "SELECT id FROM " + ledger.TableNamed("migration") +
          " WHERE schema_name = $1 UNION SELECT name FROM " + version +
          " WHERE schema_name = $2 UNION SELECT version_schema FROM " +
          version + " WHERE schema_name = $3",
      {schema, schema, schema});
  std::vector<std::string> names;
  for (const db::Row& row : found.rows) names.push_back(db::ToText(row[0]));
  std::sort(names.begin(), names.end(), base::NumberedLess);
  names.emplace_back(kBaseVersion);
  return names;
}

std::vector<VersionInfo> PublishedVersions::All(
    db::Connection& connection) const {
  const db::Result found = connection.Execute(
      "SELECT name, version_schema, state, published_at FROM " +
          ledger_.TableNamed("version") +
          " WHERE schema_name = $1 ORDER BY position",
      {ledger_.schema_name()});
  std::vector<VersionInfo> versions;
  for (const db::Row& row : found.rows) {
    VersionInfo version{db::ToText(row[0]), db::ToText(row[1]),
                        db::ToText(row[2]), db::ToText(row[3]), false};
    if (version.state == "retired") {
      const auto since = Observations(ledger_).Load(
          connection, version.name, ObservationKind::kRetired, version.name);
      if (since) version.retired_at = db::ToText(since->at(0));
    }
    versions.push_back(std::move(version));
  }
  for (auto it = versions.rbegin(); it != versions.rend(); ++it) {
    if (it->state == "live") {
      it->latest = true;
      break;
    }
  }
  return versions;
}

void PublishedVersions::Add(db::Connection& connection, const std::string& name,
                            const std::string& version_schema) const {
  Remove(connection, name);
  const std::string table = ledger_.TableNamed("version");
  connection.Execute(
      "INSERT INTO " + table +
          " (schema_name, name, version_schema, state, published_at, position)"
          " SELECT $1, $2, $3, 'live', $4, COALESCE(MAX(position), 0) + 1"
          " FROM " +
          table + " WHERE schema_name = $5",
      {ledger_.schema_name(), name, version_schema,
       base::FormatUtc(base::SystemClock().WallTime()), ledger_.schema_name()});
}

void PublishedVersions::Remove(db::Connection& connection,
                               const std::string& name) const {
  connection.Execute("DELETE FROM " + ledger_.TableNamed("version") +
                         " WHERE schema_name = $1 AND name = $2",
                     {ledger_.schema_name(), name});
  Observations(ledger_).Forget(connection, name, ObservationKind::kRetired,
                               name);
}

void PublishedVersions::BeginRollback(db::Connection& connection,
                                      const std::string& name) const {
  connection.Execute("UPDATE " + ledger_.TableNamed("version") +
                         " SET state = 'rolling back'"
                         " WHERE schema_name = $1 AND name = $2",
                     {ledger_.schema_name(), name});
}

void PublishedVersions::Retire(db::Connection& connection,
                               const VersionInfo& version) const {
  connection.Execute("UPDATE " + ledger_.TableNamed("version") +
                         " SET state = 'retired'"
                         " WHERE schema_name = $1 AND version_schema = $2",
                     {ledger_.schema_name(), version.version_schema});
  Observations(ledger_).Save(connection, version.name,
                             ObservationKind::kRetired, version.name,
                             {base::FormatUtc(base::SystemClock().WallTime())});
}

void PublishedVersions::RetireOthers(
    db::Connection& connection, const std::string& name,
    const std::vector<std::string>& kept) const {
  for (const VersionInfo& version : All(connection)) {
    const bool stays =
        std::count(kept.begin(), kept.end(), version.version_schema) > 0;
    if (version.name == name || version.state == "retired" || stays) continue;
    Retire(connection, version);
  }
}

}  // namespace segue::engine
