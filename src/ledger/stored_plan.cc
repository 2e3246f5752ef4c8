#include "ledger/stored_plan.h"

namespace segue::engine {

void StorePlan(db::Connection& connection, const Ledger& ledger,
               const MigrationRow& row) {
  connection.Execute("UPDATE " + ledger.TableNamed("migration") +
                         " SET plan = $1 WHERE schema_name = $2 AND id = $3",
                     {ToJson(row.plan), ledger.schema_name(), row.id});
}

}  // namespace segue::engine
