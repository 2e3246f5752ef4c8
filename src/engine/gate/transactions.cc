#include "engine/gate/transactions.h"

#include "db/client_sessions.h"
#include "engine/gate/items.h"
#include "ledger/observations.h"

namespace segue::engine {
namespace {

constexpr const char* kReady = "ready";

}  // namespace

void RecordSwitch(const Context& context, const MigrationRow& row) {
  const auto* sessions = db::ClientSessionsOf(context.database.dialect());
  if (sessions == nullptr) return;
  Observations(context.ledger)
      .Save(context.connection(), row.id, ObservationKind::kSwitch, kReady,
            {sessions->Moment(context.connection())});
}

// A transaction that reads rows as they were before these were filled would
// find the new shape without its values, and no lock of it need be in the way
// of the contract.
std::optional<GateAnswer> AskTransactions(const GateContext& gate) {
  const Context& context = gate.context;
  const auto* sessions = db::ClientSessionsOf(context.database.dialect());
  if (sessions == nullptr) return std::nullopt;
  db::Connection& connection = context.connection();
  const auto ready =
      Observations(context.ledger)
          .Load(connection, gate.row.id, ObservationKind::kSwitch, kReady);
  if (!ready) {
    return NotWatched("both versions were live under an earlier segue already");
  }
  std::vector<std::string> older;
  for (const db::Session& one :
       sessions->OlderReaders(connection, db::ToText(ready->at(0)))) {
    older.push_back(db::SessionText(one) + ", since " + one.since);
  }
  if (older.empty() && !sessions->SeesAll(connection)) {
    return NotWatched(
        "this role may not see the transactions of others (pg_read_all_stats, "
        "as a member of pg_monitor has it)");
  }
  return FailsOver(std::move(older),
                   "transactions still read rows as they were before the new "
                   "version was ready:",
                   "let these transactions end, or end their sessions with "
                   "pg_terminate_backend");
}

}  // namespace segue::engine
