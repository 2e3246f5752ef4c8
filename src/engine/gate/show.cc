// Asks the gate without a contract.
#include "engine/contract.h"
#include "engine/gate/item.h"
#include "engine/gate/writes.h"
#include "engine/missing.h"
#include "engine/run_events.h"
#include "engine/seal.h"
#include "ledger/lease.h"
#include "segue/error.h"
#include "segue/migrator.h"

namespace segue {
namespace {

void RequireAsked(const engine::Context& context,
                  const engine::MigrationRow& row, const std::string& name) {
  if (!name.empty() && name != row.id) {
    throw Error(ErrorKind::kRefused,
                "migration '" + row.id + "' is active, and not '" + name + "'");
  }
  engine::RefuseRollingBack(context, row);
  // A contract exchanges the names that the items read.
  if (engine::WindowOf(context, row)) return;
  if (row.phase == Phase::kContracting || engine::ContractBegun(context, row)) {
    throw Error(ErrorKind::kRefused,
                "migration '" + row.id + "' is being completed")
        .WithHint(
            "'segue complete' asks the gate again as long as nothing is "
            "dropped");
  }
  engine::RefuseUnready(row);
}

}  // namespace

GateReport AskGate(Database& database, const MigratorOptions& options,
                   const std::string& name) {
  const engine::Context context(database, options);
  engine::RequireItems(options.accept_unknown);
  const engine::MigrationRow row = context.RequireActive();
  const base::LogContext about(engine::AboutRun(database, row.id));
  RequireAsked(context, row, name);
  engine::Lease lease(database, context.ledger);
  engine::RunParts parts(context, lease, context.options, row);
  GateReport report{row.id, {}};
  engine::GateContext gate{context, row, parts};
  gate.sealed = engine::WindowOf(context, row).has_value();
  for (const engine::GateEntry& entry : engine::GateEntries()) {
    if (gate.sealed && !entry.before_drop) continue;
    std::optional<GateItem> item = engine::AskItem(gate, entry);
    if (item) report.items.push_back(std::move(*item));
  }
  return report;
}

void KeepWritesToFail(Database& database, const MigratorOptions& options) {
  const engine::Context context(database, options);
  try {
    if (!context.ledger.Open(context.connection(), db::LedgerUse::kRun)) return;
    const auto row = context.ledger.Active(context.connection());
    if (!row || row->sub_state != SubState::kReady) return;
    engine::LookAtWrites(context, *row);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kRefused) throw;
  }
}

}  // namespace segue
