#include "engine/statements.h"

#include "base/append.h"
#include "ledger/action_states.h"
#include "segue/error.h"

namespace segue::engine {

bool Holds(db::Connection& connection, const std::string& question) {
  const db::Result found = connection.Execute(question);
  return !found.rows.empty() && !db::IsNull(found.rows[0].at(0)) &&
         db::ToInt(found.rows[0].at(0)) != 0;
}

std::vector<std::string> TextsOf(const Context& context,
                                 const std::string& sql) {
  std::vector<std::string> texts;
  try {
    for (const db::Row& row : context.connection().Execute(sql).rows) {
      texts.push_back(db::ToText(row.at(0)));
    }
  } catch (const Error& error) {
    const auto& dialect = context.database.dialect();
    if (dialect.AbsentIn(error) == db::Absent::kNothing) throw;
  }
  return texts;
}

std::vector<std::string> UndoObjections(const Context& context,
                                        const MigrationRow& row, UndoOf what) {
  const ActionStates states(context.connection(), context.ledger, row.id);
  std::vector<std::string> reasons;
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    const Step& planned = row.plan.steps[step];
    const bool contracts = planned.phase == Phase::kContracting;
    if (what == UndoOf::kContract && !contracts) continue;
    for (std::size_t at = 0; at < planned.actions.size(); ++at) {
      const std::string& sql = planned.actions[at].undo_objections;
      if (sql.empty() || states.Of(step, at) != ActionState::kDone) continue;
      base::Append(TextsOf(context, sql), reasons);
    }
  }
  return reasons;
}

bool HappenedAlone(db::Connection& connection, const PlannedAction& action) {
  return !action.transactional && !action.probe.empty() &&
         Holds(connection, action.probe);
}

bool TryExecute(db::Connection& connection, const Statement& statement) {
  if (!statement.only_if.empty() && !Holds(connection, statement.only_if)) {
    return true;
  }
  // People write several statements into one `sql` operation.
  if (!statement.expect_rows) {
    connection.ExecuteScript(statement.sql);
    return true;
  }
  return connection.Execute(statement.sql).affected == *statement.expect_rows;
}

void Execute(db::Connection& connection, const Statement& statement) {
  if (TryExecute(connection, statement)) return;
  throw Error(ErrorKind::kRefused,
              "the database is not as it was when the migration was planned")
      .WithSql(statement.sql)
      .WithHint("somebody else changed the table; roll back and plan again");
}

}  // namespace segue::engine
