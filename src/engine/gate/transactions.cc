#include "engine/gate/transactions.h"

#include "db/witness.h"
#include "engine/gate/items.h"
#include "ledger/observations.h"

namespace segue::engine {
namespace {

constexpr const char* kReady = "ready";

const db::Witness* WitnessOf(const Context& context) {
  return dynamic_cast<const db::Witness*>(&context.database.dialect());
}

}  // namespace

void RecordSwitch(const Context& context, const MigrationRow& row) {
  const db::Witness* witness = WitnessOf(context);
  if (witness == nullptr) return;
  Observations(context.ledger)
      .Save(context.connection(), row.id, ObservationKind::kSwitch, kReady,
            {witness->Moment(context.connection())});
}

std::optional<GateAnswer> AskTransactions(const GateContext& gate) {
  const Context& context = gate.context;
  const db::Witness* witness = WitnessOf(context);
  if (witness == nullptr) return std::nullopt;
  const auto ready = Observations(context.ledger)
                         .Load(context.connection(), gate.row.id,
                               ObservationKind::kSwitch, kReady);
  if (!ready) {
    return NotWatched("both versions were live under an earlier segue already");
  }
  const db::Sightings before = witness->TransactionsBefore(
      context.connection(), db::ToInt(ready->at(0)));
  std::vector<std::string> older;
  for (const db::Sighting& one : before.seen) {
    older.push_back(one.who + ", since " + one.since);
  }
  if (older.empty() && !before.all) {
    return NotWatched(
        "this role may not see the transactions of others (pg_read_all_stats, "
        "as a member of pg_monitor has it)");
  }
  return FailsOver(
      std::move(older),
      "transactions are older than the new version:", "let them end");
}

}  // namespace segue::engine
