// Requests to the runner of the active migration.
#include "ledger/control.h"

#include <functional>

#include "engine/context.h"
#include "segue/error.h"
#include "segue/migrator.h"

namespace segue {
namespace {

// Earlier requests that `change` does not touch stay in force, such as a pace.
void Ask(const engine::Context& context,
         const std::function<void(engine::Control&)>& change) {
  db::Connection& connection = context.connection();
  context.RequireActive();
  db::Transaction transaction(connection,
                              {db::Purpose::kLedger, context.LockBudget()});
  engine::Control control = engine::Controls(context.ledger).Load(connection);
  control.by = context.ledger.who();
  change(control);
  engine::Controls(context.ledger).Ask(connection, control);
  transaction.Commit();
}

}  // namespace

void Migrator::RequestPause() {
  Ask(*context_, [](engine::Control& control) { control.pause = true; });
}

void Migrator::RequestPace(double share) {
  if (!(share > 0 && share <= 1)) {
    throw Error(ErrorKind::kUsage, "a pace is above 0 % and at most 100 %")
        .WithHint("'segue pause' stops it");
  }
  Ask(*context_, [share](engine::Control& control) { control.pace = share; });
}

void Migrator::ClearPause() {
  Ask(*context_, [](engine::Control& control) {
    control.pause = false;
    control.cancel = false;
  });
}

void Migrator::RequestCancel() {
  Ask(*context_, [](engine::Control& control) {
    control.pause = false;
    control.cancel = true;
  });
}

}  // namespace segue
