#include "engine/gate/statements.h"

#include "base/sha256.h"
#include "base/text.h"
#include "base/visible.h"
#include "db/use_counts.h"
#include "engine/gate/items.h"
#include "engine/gate/old_versions.h"
#include "engine/gate/quiet.h"
#include "engine/gate/removed.h"

namespace segue::engine {
namespace {

constexpr std::size_t kShown = 60;  // bytes of a query

// In the views of a version all columns may be those of the new shape.
db::RemovedColumns Removed(const Context& context, const MigrationRow& row) {
  db::RemovedColumns removed;
  removed.columns = NamesThatGo(row);
  removed.schemas = OldVersions(context, row);
  removed.schemas.push_back(context.database.schema());
  removed.all_counts = row.plan.version_schema.empty();
  return removed;
}

std::string Shown(const std::string& query) {
  std::string text(query.substr(0, kShown));
  if (query.size() > kShown) {
    text.resize(base::WholeCharacters(text));
    text += "...";
  }
  return base::VisibleInLine(text);
}

Counted CountedOf(const db::CountedQueries& all, const db::QueryCalls& one) {
  return {one.calls, all.now, all.begun};
}

Quiet LookAtQuery(const Context& context, const MigrationRow& row,
                  const Counted& counted, const std::string& query) {
  return LookAt(context, row, ObservationKind::kCalls, base::Sha256(query),
                counted);
}

}  // namespace

void RecordStatements(const Context& context, const MigrationRow& row) {
  const auto* counts = db::UseCountsOf(context.database.dialect());
  const db::RemovedColumns removed = Removed(context, row);
  if (counts == nullptr || removed.columns.empty()) return;
  const auto all = counts->Queries(context.connection(), removed);
  if (!all) return;
  for (const db::QueryCalls& one : all->queries) {
    LookAtQuery(context, row, CountedOf(*all, one), one.query);
  }
}

std::optional<GateAnswer> AskStatements(const GateContext& gate) {
  const Context& context = gate.context;
  const auto* counts = db::UseCountsOf(context.database.dialect());
  const db::RemovedColumns removed = Removed(context, gate.row);
  if (counts == nullptr || removed.columns.empty()) return std::nullopt;
  if (context.options.soak.count() == 0) {
    return NotWatched("no soak was asked for (--soak TIME)");
  }
  const auto all = counts->Queries(context.connection(), removed);
  if (!all) {
    return NotWatched(
        "pg_stat_statements is not installed and loaded here, or this role may "
        "not see the queries of others (pg_read_all_stats)");
  }
  std::vector<std::string> used;
  for (const db::QueryCalls& one : all->queries) {
    Counted counted = CountedOf(*all, one);
    counted.fresh = true;
    const Quiet quiet = LookAtQuery(context, gate.row, counted, one.query);
    const std::int64_t left = SoakLeft(context, counted, quiet);
    if (left <= 0) continue;
    used.push_back(
        "'" + Shown(one.query) + "' ran " + base::CountOf(quiet.rises, "time") +
        " since both versions are live, " + EvidenceText(quiet, left));
  }
  return FailsOver(std::move(used),
                   "queries that name what goes were run in the last " +
                       SpanText(SoakSeconds(context)) + ":",
                   "let the application name the new shape");
}

}  // namespace segue::engine
