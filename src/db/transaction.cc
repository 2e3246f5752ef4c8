#include "db/connection.h"

namespace segue::db {

bool Connection::CommitWith(std::string_view sql,
                            const std::vector<Value>& parameters) {
  if (Execute(sql, parameters).affected == 0) {
    Rollback();
    return false;
  }
  Commit();
  return true;
}

Transaction::Transaction(Connection& connection,
                         const TransactionOptions& options)
    : connection_(connection) {
  connection_.Begin(options);
}

Transaction::~Transaction() {
  if (open_) connection_.Rollback();
}

void Transaction::Commit() {
  // The transaction ends only after a successful commit: one that fails
  // (SQLite: busy) may leave it open, and then the destructor rolls it back.
  connection_.Commit();
  open_ = false;
}

bool Transaction::CommitWith(std::string_view sql,
                             const std::vector<Value>& parameters) {
  const bool committed = connection_.CommitWith(sql, parameters);
  open_ = false;
  return committed;
}

}  // namespace segue::db
