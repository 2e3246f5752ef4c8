#include "db/connection.h"

namespace segue::db {

Transaction::Transaction(Connection& connection,
                         const TransactionOptions& options)
    : connection_(connection) {
  connection_.Begin(options);
}

Transaction::~Transaction() {
  if (open_) connection_.Rollback();
}

void Transaction::Commit() {
  // Only then: a commit that failed (SQLite: busy) may leave the transaction
  // open, and the destructor ends it.
  connection_.Commit();
  open_ = false;
}

}  // namespace segue::db
