#include "ledger/action_states.h"

namespace segue::engine {

ActionStates::ActionStates(db::Connection& connection, const Ledger& ledger,
                           const std::string& id) {
  const db::Result found = connection.Execute(
      "SELECT step, action, state FROM " + ledger.TableNamed("action") +
          " WHERE schema_name = $1 AND migration = $2",
      {ledger.schema_name(), id});
  for (const db::Row& row : found.rows) {
    states_[{static_cast<int>(db::ToInt(row[0])),
             static_cast<int>(db::ToInt(row[1]))}] =
        ActionStateFromString(db::ToText(row[2]));
  }
}

ActionState ActionStates::At(std::size_t step, int action) const {
  const auto found = states_.find({static_cast<int>(step), action});
  return found == states_.end() ? ActionState::kPending : found->second;
}

}  // namespace segue::engine
