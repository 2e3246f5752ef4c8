// How queries would be run, before a migration and now.
#include <algorithm>

#include "engine/plan_change.h"
#include "engine/session.h"
#include "ledger/observations.h"
#include "ledger/versions.h"
#include "segue/error.h"

namespace segue {
namespace {

// The version, those before it from the newest on, then the base: what an
// application used before.
std::vector<std::string> UpTo(const std::string& version,
                              const std::vector<VersionInfo>& all) {
  std::vector<std::string> names = {""};
  if (version.empty()) return names;
  for (const VersionInfo& info : all) {
    names.insert(names.begin(), info.name);
    if (info.name == version) break;
  }
  return names;
}

// How one session sees the queries.
class Sight {
 public:
  Sight(std::string version, const db::Dialect& dialect,
        db::Connection& connection, const std::vector<std::string>& queries)
      : version_(std::move(version)) {
    for (const std::string& query : queries) {
      plans_.push_back(dialect.Explain(connection, query));
    }
  }

  QueryChange Of(std::size_t number, const std::string& query) const {
    return {query, version_, std::nullopt, plans_.at(number), {}};
  }

 private:
  std::string version_;
  std::vector<QueryPlan> plans_;
};

}  // namespace

// A version is looked at by a session as an application's is.
std::vector<QueryChange> Migrator::Session::Seen(
    const std::vector<std::string>& queries) {
  if (queries.empty()) return {};
  const db::Dialect& dialect = database.dialect();
  std::vector<Sight> sights = {{"", dialect, connection(), queries}};
  for (const VersionInfo& version :
       engine::PublishedVersions(ledger).All(connection())) {
    if (version.state != "live") continue;
    const auto session = database.NewConnection("explain");
    session->ExecuteScript(dialect.VersionSessionSql(
        *session, database.schema(), version.version_schema));
    sights.emplace_back(version.name, dialect, *session, queries);
  }
  std::vector<QueryChange> changes;
  for (std::size_t number = 0; number < queries.size(); ++number) {
    for (const Sight& sight : sights) {
      changes.push_back(sight.Of(number, queries[number]));
    }
  }
  return changes;
}

void Migrator::Session::Compare(const std::string& id,
                                std::vector<QueryChange>& changes) {
  const auto versions = engine::PublishedVersions(ledger).All(connection());
  for (QueryChange& change : changes) {
    for (const std::string& version : UpTo(change.version, versions)) {
      const auto kept = engine::Observations(ledger).Load(
          connection(), id, engine::ObservationKind::kQueryPlan,
          engine::QueryName(change.query, version));
      if (!kept) continue;
      change.before = engine::PlanFromValues(*kept);
      break;
    }
    change.verdict = change.before
                         ? engine::Verdict(*change.before, change.after)
                         : "kept now: the next 'segue verify --explain' "
                           "compares with it";
  }
}

void Migrator::Session::Keep(const std::string& id,
                             const std::vector<QueryChange>& changes) {
  for (const QueryChange& change : changes) {
    if (change.before) continue;
    engine::Observations(ledger).Save(
        connection(), id, engine::ObservationKind::kQueryPlan,
        engine::QueryName(change.query, change.version),
        engine::ToValues(change.after));
  }
}

// A migration that replaces nothing is complete when its queries are asked
// about, so the newest one will do.
ExplainReport Migrator::Explain(const std::vector<std::string>& queries) {
  Session& session = *session_;
  db::Connection& connection = session.connection();
  std::optional<engine::MigrationRow> row;
  if (session.ledger.Open(connection)) {
    row = session.ledger.Active(connection);
    if (!row) row = session.ledger.Newest(connection);
  }
  if (!row) {
    throw Error(ErrorKind::kNotFound, "no migration was started in schema '" +
                                          session.database.schema() +
                                          "', so there is no before and after")
        .WithHint("'segue start FILE --explain FILE' keeps the plans before");
  }
  ExplainReport report{row->id, session.Seen(queries)};
  session.Compare(row->id, report.changes);
  const bool all_kept = std::all_of(
      report.changes.begin(), report.changes.end(),
      [](const QueryChange& change) { return change.before.has_value(); });
  if (all_kept) return report;
  db::Transaction transaction(connection,
                              {db::Purpose::kLedger, session.LockBudget()});
  session.Keep(row->id, report.changes);
  transaction.Commit();
  return report;
}

}  // namespace segue
