#include "ledger/layout4.h"

#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "ledger/observations.h"

namespace segue::engine {
namespace {

constexpr std::string_view kExplain = "explain ";

// A row of the table `motion` that belongs to no walk.
struct Kept {
  std::string schema_name;
  std::string migration;
  std::string motion;
  std::string activity;
  std::string position;
  std::int64_t moved = 0;
  bool done = false;
  std::string changed_at;
};

struct Observation {
  ObservationKind kind;
  std::string name;
  std::string value;
};

// Layout 4 had names such as "build 3.1" and "usage 3.1".
std::string AfterSpace(const std::string& text) {
  return text.substr(text.find(' ') + 1);
}

std::vector<Observation> ObservationsOf(const Kept& kept) {
  const std::string number = db::ValuesToJson({kept.moved});
  if (kept.activity == "build") {
    return {{ObservationKind::kBuild, AfterSpace(kept.motion), number}};
  }
  if (kept.activity == "usage") {
    return {{ObservationKind::kUsage, AfterSpace(kept.motion), number}};
  }
  if (kept.activity == "gauge") {
    return {{ObservationKind::kGauge, kept.motion, kept.position}};
  }
  if (kept.activity == "cost") {
    std::vector<Observation> both = {
        {ObservationKind::kFillBegin, kept.motion, kept.position}};
    // Layout 4 recorded that the reading at the end was told, but not the
    // reading.
    if (kept.done) {
      both.push_back(
          {ObservationKind::kFillEnd, kept.motion, db::ValuesToJson({})});
    }
    return both;
  }
  if (kept.activity.starts_with(kExplain)) {
    // Layout 4 had the digest of the query in the column for the motion.
    const std::string version = kept.activity.substr(kExplain.size());
    return {{ObservationKind::kQueryPlan,
             version.empty() ? kept.motion : kept.motion + " " + version,
             kept.position}};
  }
  return {};
}

void Move(db::Connection& connection, const db::Dialect& dialect,
          const Kept& kept, const std::vector<Observation>& observations) {
  const std::string& prefix = dialect.capabilities().ledger_prefix;
  for (const Observation& seen : observations) {
    db::Put(connection, dialect,
            {prefix + "observation",
             {{"schema_name", kept.schema_name},
              {"migration", kept.migration},
              {"kind", std::string(ToString(seen.kind))},
              {"name", seen.name}},
             {{"value", seen.value}, {"at", kept.changed_at}}});
  }
  connection.Execute(
      "DELETE FROM " + prefix +
          "motion WHERE schema_name = $1 AND migration = $2 AND"
          " motion = $3 AND activity = $4",
      {kept.schema_name, kept.migration, kept.motion, kept.activity});
}

}  // namespace

void MoveObservations(db::Connection& connection, const db::Dialect& dialect) {
  const db::Result all = connection.Execute(
      "SELECT schema_name, migration, motion, activity, position, moved, done,"
      " changed_at FROM " +
      dialect.capabilities().ledger_prefix + "motion");
  for (const db::Row& row : all.rows) {
    const Kept kept = {db::ToText(row[0]),     db::ToText(row[1]),
                       db::ToText(row[2]),     db::ToText(row[3]),
                       db::ToText(row[4]),     db::ToInt(row[5]),
                       db::ToInt(row[6]) != 0, db::ToText(row[7])};
    const std::vector<Observation> seen = ObservationsOf(kept);
    if (!seen.empty()) Move(connection, dialect, kept, seen);
  }
}

}  // namespace segue::engine
