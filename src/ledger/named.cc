#include "ledger/named.h"

#include "base/text.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

std::vector<std::string> KnownIds(db::Connection& connection,
                                  const Ledger& ledger) {
  std::vector<std::string> ids;
  for (const db::Row& row :
       connection
           .Execute("SELECT id FROM " + ledger.TableNamed("migration") +
                        " WHERE schema_name = $1 ORDER BY id",
                    {ledger.schema_name()})
           .rows) {
    ids.push_back(db::ToText(row[0]));
  }
  return ids;
}

Error Unknown(db::Connection& connection, const Ledger& ledger,
              const std::string& id,
              const std::optional<MigrationRow>& active) {
  Error error(ErrorKind::kNotFound,
              "no migration called '" + id + "' has been started" +
                  (active ? "; '" + active->id + "' is active" : ""));
  const std::string near = base::Nearest(id, KnownIds(connection, ledger));
  error.WithHint(near.empty() ? "'segue history' lists those that were"
                              : "did you mean " + near + "?");
  return error;
}

}  // namespace

bool IsOver(const MigrationRow& row) {
  return row.phase == Phase::kComplete || row.phase == Phase::kRolledBack;
}

MigrationRow FindNamed(db::Connection& connection, const Ledger& ledger,
                       const std::string& id) {
  const auto active = ledger.Active(connection);
  auto row = ledger.Load(connection, id);
  if (!row) throw Unknown(connection, ledger, id, active);
  if (!IsOver(*row) && !row->folded_into.empty()) {
    throw Error(ErrorKind::kRefused,
                "migration '" + id + "' is a part of '" + row->folded_into +
                    "', which is active (" + std::string(ToString(row->phase)) +
                    ")")
        .WithHint("name '" + row->folded_into +
                  "': what is done to it is done to all of its parts");
  }
  return *std::move(row);
}

std::string OverText(const MigrationRow& row) {
  std::string text = "migration '" + row.id + "' is already ";
  if (row.sub_state == SubState::kAbandoned) {
    text += "abandoned";
  } else {
    text += row.phase == Phase::kComplete ? "complete" : "rolled back";
  }
  if (!row.folded_into.empty()) text += ", with '" + row.folded_into + "'";
  return text;
}

void RefuseOtherEnd(db::Connection& connection, const Ledger& ledger,
                    const MigrationRow& row, Phase end) {
  if (!IsOver(row) || row.phase == end) return;
  const auto active = ledger.Active(connection);
  throw Error(
      ErrorKind::kRefused,
      OverText(row) + (active ? "; '" + active->id + "' is active (" +
                                    std::string(ToString(active->phase)) + ")"
                              : ""))
      .WithHint(row.phase == Phase::kComplete
                    ? "there is no way back from a complete migration; a new "
                      "one can bring the old shape again"
                    : "'segue start " + row.id + "' begins it again");
}

}  // namespace segue::engine
