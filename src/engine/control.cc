// Requests to the runner of the active migration.
#include "ledger/control.h"

#include <functional>

#include "engine/context.h"
#include "ledger/named.h"
#include "segue/error.h"
#include "segue/migrator.h"

namespace segue {
namespace {

// Earlier requests that `change` does not touch stay in force, such as a pace.
// Returns false when the named migration is over. A migration that is over in
// another phase than `end` is refused; without one, none is.
bool Ask(const engine::Context& context, const std::string& named,
         std::optional<Phase> end,
         const std::function<void(engine::Control&)>& change) {
  db::Connection& connection = context.connection();
  const engine::Ledger& ledger = context.ledger;
  if (named.empty() || !ledger.Open(connection, db::LedgerUse::kRun)) {
    context.RequireActive();
  }
  db::Transaction transaction(connection,
                              {db::Purpose::kLedger, context.LockBudget()});
  if (!named.empty()) {
    const auto row = engine::FindNamed(connection, ledger, named);
    if (end) engine::RefuseOtherEnd(connection, ledger, row, *end);
    if (engine::IsOver(row)) return false;
  }
  engine::Control control = engine::Controls(ledger).Load(connection);
  control.by = ledger.who();
  change(control);
  engine::Controls(ledger).Ask(connection, control);
  transaction.Commit();
  return true;
}

}  // namespace

bool Migrator::RequestPause(const std::string& named) {
  return Ask(*context_, named, {},
             [](engine::Control& control) { control.pause = true; });
}

bool Migrator::RequestPace(double share, const std::string& named) {
  if (!(share > 0 && share <= 1)) {
    throw Error(ErrorKind::kUsage, "a pace is above 0 % and at most 100 %")
        .WithHint("'segue pause' stops it");
  }
  return Ask(*context_, named, {},
             [share](engine::Control& control) { control.pace = share; });
}

bool Migrator::ClearPause(const std::string& named) {
  return Ask(*context_, named, Phase::kComplete, [](engine::Control& control) {
    control.pause = false;
    control.cancel = false;
  });
}

bool Migrator::RequestCancel(const std::string& named) {
  return Ask(*context_, named, Phase::kRolledBack,
             [](engine::Control& control) {
               control.pause = false;
               control.cancel = true;
             });
}

}  // namespace segue
