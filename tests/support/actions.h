// Runs rendered actions the way the engine does, without an engine, a ledger
// or a lease between the test and the dialect.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/dialect.h"
#include "plan/action.h"
#include "tests/support/testbed.h"

namespace segue::test {

// The dialect's answer to `action`, given the schema as it is now.
PlannedAction RenderNow(TestDatabase& database, db::Connection& connection,
                        const plan::Action& action,
                        const plan::Motions& motions = db::kNoMotions);
// Its statements for the rows of these motions.
MotionSql RenderMotionsNow(TestDatabase& database, db::Connection& connection,
                           const std::vector<plan::MotionId>& ids,
                           const plan::Motions& motions);

void RunStatements(db::Connection& connection,
                   const std::vector<Statement>& statements,
                   bool transactional);
void Forward(db::Connection& connection, const PlannedAction& action);
void Undo(db::Connection& connection, const PlannedAction& action);
bool Probe(db::Connection& connection, const PlannedAction& action);

// Bounds of a range: exclusive below, inclusive above; unset: open.
struct Bounds {
  std::optional<db::Row> after;
  std::optional<db::Row> upto;
};
// The statement of that shape with its parameters, in a transaction of its own
// for `purpose`. `more` are the parameters that follow the bounds.
db::Result RunRange(db::Connection& connection, const RangeSql& sql,
                    const Bounds& bounds, db::Purpose purpose,
                    const std::vector<db::Value>& more = {});

// Keys as "(1)" or "(1, a)".
std::vector<std::string> Keys(const db::Result& result);

}  // namespace segue::test
