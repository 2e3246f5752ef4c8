// Takes several locks within one lock budget: the waits would add up otherwise,
// and everybody queues behind what is locked already.
#pragma once

#include <string>

namespace segue::postgres {

struct LocksInTurn {
  // An SQL array of the statements that take them, in their order.
  std::string statements;
  // The budget ends before a session of an application looks for a deadlock,
  // which would be its error.
  bool before_deadlock = false;
  // What is left of the budget holds for the rest of the transaction.
  bool keeps_rest = false;
};

// Returns the statement, which ends in lock_not_available when the locks are
// not free in time.
std::string LockInTurnSql(const LocksInTurn& locks);

}  // namespace segue::postgres
