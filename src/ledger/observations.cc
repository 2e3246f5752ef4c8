#include "ledger/observations.h"

#include "base/clock.h"
#include "base/sha256.h"
#include "segue/error.h"

namespace segue::engine {

std::string_view ToString(ObservationKind kind) {
  switch (kind) {
    case ObservationKind::kBuild:
      return "build";
    case ObservationKind::kUsage:
      return "usage";
    case ObservationKind::kGauge:
      return "gauge";
    case ObservationKind::kFillBegin:
      return "fill_begin";
    case ObservationKind::kFillEnd:
      return "fill_end";
    case ObservationKind::kQueryPlan:
      return "query_plan";
    case ObservationKind::kInventory:
      return "inventory";
    case ObservationKind::kHolders:
      return "holders";
    case ObservationKind::kUsers:
      return "users";
    case ObservationKind::kSwitch:
      return "switch";
    case ObservationKind::kRetired:
      return "retired";
    case ObservationKind::kSoak:
      return "soak";
    case ObservationKind::kCalls:
      return "calls";
    case ObservationKind::kRefusal:
      return "refusal";
  }
  throw Error(ErrorKind::kInternal, "unknown kind of observation");
}

std::string ActionName(std::size_t step, std::size_t action) {
  return std::to_string(step) + "." + std::to_string(action);
}

// The name is a digest, because the text of a query may be longer than a key
// may be.
std::string QueryName(const std::string& query, const std::string& version) {
  const std::string digest = base::Sha256(query);
  return version.empty() ? digest : digest + " " + version;
}

std::optional<std::vector<db::Value>> Observations::Load(
    db::Connection& connection, const std::string& migration,
    ObservationKind kind, const std::string& name) const {
  const db::Result found = connection.Execute(
      "SELECT value FROM " + ledger_.TableNamed("observation") +
          " WHERE schema_name = $1 AND migration = $2 AND kind = $3"
          " AND name = $4",
      {ledger_.schema_name(), migration, std::string(ToString(kind)), name});
  if (found.rows.empty()) return std::nullopt;
  return db::ValuesFromJson(db::ToText(found.rows[0][0]));
}

void Observations::Save(db::Connection& connection,
                        const std::string& migration, ObservationKind kind,
                        const std::string& name,
                        const std::vector<db::Value>& values) const {
  db::Put(connection, ledger_.dialect(),
          {ledger_.TableNamed("observation"),
           {{"schema_name", ledger_.schema_name()},
            {"migration", migration},
            {"kind", std::string(ToString(kind))},
            {"name", name}},
           {{"value", db::ValuesToJson(values)},
            {"at", base::FormatUtc(base::SystemClock().WallTime())}}});
}

void Observations::Forget(db::Connection& connection,
                          const std::string& migration, ObservationKind kind,
                          const std::string& name) const {
  connection.Execute(
      "DELETE FROM " + ledger_.TableNamed("observation") +
          " WHERE schema_name = $1 AND migration = $2 AND kind = $3"
          " AND name = $4",
      {ledger_.schema_name(), migration, std::string(ToString(kind)), name});
}

}  // namespace segue::engine
