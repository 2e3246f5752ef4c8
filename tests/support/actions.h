// Runs rendered actions as the engine does, but without an engine, a ledger or
// a lease between the test and the dialect.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/dialect.h"
#include "plan/action.h"
#include "tests/support/testbed.h"

namespace segue::test {

// Renders `action`, with the schema as it is now.
PlannedAction RenderNow(TestDatabase& database, db::Connection& connection,
                        const plan::Action& action,
                        const plan::Motions& motions = db::kNoMotions);
// Renders the statements of these motions for their rows.
MotionSql RenderMotionsNow(TestDatabase& database, db::Connection& connection,
                           const std::vector<plan::MotionId>& ids,
                           const plan::Motions& motions);

void RunStatements(db::Connection& connection,
                   const std::vector<Statement>& statements,
                   bool transactional);
void Forward(db::Connection& connection, const PlannedAction& action);
void Undo(db::Connection& connection, const PlannedAction& action);
bool Probe(db::Connection& connection, const PlannedAction& action);

// The bounds of a range: exclusive below, inclusive above; an unset bound is
// open.
struct Bounds {
  std::optional<db::Row> after;
  std::optional<db::Row> upto;
};
// Runs the variant of the statement for these bounds, in a transaction of its
// own for `purpose`. `more` are the parameters that follow the bounds.
db::Result RunRange(db::Connection& connection, const RangeSql& sql,
                    const Bounds& bounds, db::Purpose purpose,
                    const std::vector<db::Value>& more = {});

// Returns keys as "(1)" or "(1, a)".
std::vector<std::string> Keys(const db::Result& result);

}  // namespace segue::test
