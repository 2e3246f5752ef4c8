#include "segue/partitions.h"

#include "db/dialect.h"
#include "engine/context.h"
#include "planning/partitioning.h"
#include "segue/error.h"

namespace segue {

Partitions::Partitions(Database& database, MigratorOptions options)
    : context_(
          std::make_unique<engine::Context>(database, std::move(options))) {}

Partitions::~Partitions() = default;

std::vector<MadePartition> Partitions::Ahead(const AheadRequest& request) {
  if (!request.interval.empty() && !ops::IsRangeLength(request.interval)) {
    throw Error(ErrorKind::kUsage,
                "'" + request.interval +
                    "' is no length of a range, as '1 month' or '1000000'");
  }
  context_->RequireSchema();
  db::Connection& connection = context_->connection();
  const Database& database = context_->database;
  std::vector<MadePartition> made;
  db::Transaction transaction(connection,
                              {db::Purpose::kSchema, context_->LockBudget()});
  const std::vector<db::NextPartition> next =
      database.dialect().PartitionsAhead(connection,
                                         {{database.schema(), request.table},
                                          request.interval,
                                          request.count});
  for (const db::NextPartition& one : next) {
    for (const std::string& sql : one.statements) connection.Execute(sql);
    made.push_back({one.name, one.from, one.to});
  }
  transaction.Commit();
  return made;
}

}  // namespace segue
