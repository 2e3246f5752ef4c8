#include "tests/support/actions.h"

#include <gtest/gtest.h>

#include <memory>

namespace segue::test {
namespace {

void RunOne(db::Connection& connection, const Statement& statement) {
  if (!statement.only_if.empty() &&
      db::ToInt(connection.Execute(statement.only_if).rows.at(0).at(0)) == 0) {
    return;
  }
  // As a run does, since an action may have several statements of a user's.
  if (!statement.expect_rows) return connection.ExecuteScript(statement.sql);
  EXPECT_EQ(connection.Execute(statement.sql).affected, *statement.expect_rows)
      << statement.sql;
}

const std::string& Shape(const RangeSql& sql, const Bounds& bounds) {
  if (bounds.after) return bounds.upto ? sql.between : sql.after;
  return bounds.upto ? sql.upto : sql.all;
}

}  // namespace

PlannedAction RenderNow(TestDatabase& database, db::Connection& connection,
                        const plan::Action& action,
                        const plan::Motions& motions) {
  const db::Dialect& dialect = database.dialect();
  schema::Schema schema =
      dialect.Inspect(connection, dialect.capabilities().default_schema);
  return dialect.Render(action,
                        {schema, std::chrono::milliseconds(500), motions});
}

MotionSql RenderMotionsNow(TestDatabase& database, db::Connection& connection,
                           const std::vector<plan::MotionId>& ids,
                           const plan::Motions& motions) {
  const db::Dialect& dialect = database.dialect();
  schema::Schema schema =
      dialect.Inspect(connection, dialect.capabilities().default_schema);
  return dialect.RenderMotions(
      ids, {schema, std::chrono::milliseconds(500), motions});
}

void RunStatements(db::Connection& connection,
                   const std::vector<Statement>& statements,
                   bool transactional) {
  std::optional<db::Transaction> transaction;
  if (transactional) {
    transaction.emplace(
        connection,
        db::TransactionOptions{db::Purpose::kSchema, std::chrono::seconds(5)});
  }
  for (const Statement& statement : statements) RunOne(connection, statement);
  if (transaction) transaction->Commit();
}

void Forward(db::Connection& connection, const PlannedAction& action) {
  RunStatements(connection, action.forward, action.transactional);
}

void Undo(db::Connection& connection, const PlannedAction& action) {
  RunStatements(connection, action.undo, action.transactional);
}

bool Probe(db::Connection& connection, const PlannedAction& action) {
  return db::ToInt(connection.Execute(action.probe).rows.at(0).at(0)) != 0;
}

db::Result RunRange(db::Connection& connection, const RangeSql& sql,
                    const Bounds& bounds, db::Purpose purpose,
                    const std::vector<db::Value>& more) {
  std::vector<db::Value> parameters;
  for (const std::optional<db::Row>& bound : {bounds.after, bounds.upto}) {
    if (!bound) continue;
    parameters.insert(parameters.end(), bound->begin(), bound->end());
  }
  parameters.insert(parameters.end(), more.begin(), more.end());
  db::Transaction transaction(connection, {purpose, std::chrono::seconds(5)});
  db::Result result = connection.Execute(Shape(sql, bounds), parameters);
  transaction.Commit();
  return result;
}

std::vector<std::string> Keys(const db::Result& result) {
  std::vector<std::string> keys;
  for (const db::Row& row : result.rows) {
    std::string key;
    for (const db::Value& value : row) {
      key += (key.empty() ? "" : ", ") + db::ToText(value);
    }
    keys.push_back("(" + key + ")");
  }
  return keys;
}

}  // namespace segue::test
