#include "engine/explain.h"

#include <algorithm>

#include "engine/path_text.h"
#include "engine/plan_change.h"
#include "ledger/observations.h"
#include "ledger/versions.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

// Returns the version, then the versions before it from the newest on, then the
// base schema: the places where an application's query may have run before.
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

// Explains the queries in one session.
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

// A database without a path for names has a script.
void See(const std::string& version_schema, const Context& context,
         db::Connection& session) {
  const db::Dialect& dialect = context.database.dialect();
  const std::string& schema = context.database.schema();
  const std::vector<std::string> path =
      dialect.VersionPath(session, schema, version_schema);
  if (path.empty()) {
    session.ExecuteScript(
        dialect.VersionSessionSql(session, schema, version_schema));
  } else {
    session.Set("search_path", PathText(dialect, path));
  }
}

}  // namespace

// A session that looks at a version is opened as an application's session is.
std::vector<QueryChange> Seen(const Context& context,
                              const std::vector<std::string>& queries) {
  if (queries.empty()) return {};
  const db::Dialect& dialect = context.database.dialect();
  std::vector<Sight> sights = {{"", dialect, context.connection(), queries}};
  for (const VersionInfo& version :
       PublishedVersions(context.ledger).All(context.connection())) {
    if (version.state != "live") continue;
    const auto session = context.database.NewConnection("explain");
    See(version.version_schema, context, *session);
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

void Compare(const Context& context, const std::string& id,
             std::vector<QueryChange>& changes) {
  const auto versions =
      PublishedVersions(context.ledger).All(context.connection());
  for (QueryChange& change : changes) {
    for (const std::string& version : UpTo(change.version, versions)) {
      const auto kept =
          Observations(context.ledger)
              .Load(context.connection(), id, ObservationKind::kQueryPlan,
                    QueryName(change.query, version));
      if (!kept) continue;
      change.before = PlanFromValues(*kept);
      break;
    }
    change.verdict = change.before
                         ? Verdict(*change.before, change.after)
                         : "kept now: the next 'segue verify --explain' "
                           "compares with it";
  }
}

void Keep(const Context& context, const std::string& id,
          const std::vector<QueryChange>& changes) {
  for (const QueryChange& change : changes) {
    if (change.before) continue;
    Observations(context.ledger)
        .Save(context.connection(), id, ObservationKind::kQueryPlan,
              QueryName(change.query, change.version), ToValues(change.after));
  }
}

// A migration that replaces nothing is complete by the time that somebody asks
// about its queries, so the newest migration takes the place of the active one.
ExplainReport Explain(const Context& context,
                      const std::vector<std::string>& queries) {
  const std::optional<MigrationRow> row = context.ActiveOrNewest();
  if (!row) {
    throw Error(ErrorKind::kNotFound, "no migration was started in schema '" +
                                          context.database.schema() +
                                          "', so there is no before and after")
        .WithHint("'segue start FILE --explain FILE' keeps the plans before");
  }
  ExplainReport report{row->id, Seen(context, queries)};
  Compare(context, row->id, report.changes);
  const bool all_kept = std::all_of(
      report.changes.begin(), report.changes.end(),
      [](const QueryChange& change) { return change.before.has_value(); });
  if (all_kept) return report;
  context.database.dialect().RequireSafeLedger(context.connection(),
                                               db::LedgerUse::kRun);
  db::Transaction transaction(context.connection(),
                              {db::Purpose::kLedger, context.LockBudget()});
  Keep(context, row->id, report.changes);
  transaction.Commit();
  return report;
}

}  // namespace segue::engine
