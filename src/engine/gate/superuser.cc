#include <algorithm>

#include "db/client_sessions.h"
#include "engine/gate/items.h"
#include "engine/gate/old_versions.h"

namespace segue::engine {

// A seal takes the rights on the old views away, which stops every role but a
// superuser. Only the roles of sessions that have introduced themselves are
// known to be an application's.
std::optional<GateAnswer> AskSuperuser(const GateContext& gate) {
  const Context& context = gate.context;
  const auto* sessions = db::ClientSessionsOf(context.database.dialect());
  if (sessions == nullptr || gate.row.plan.version_schema.empty()) {
    return std::nullopt;
  }
  const std::vector<db::Introduction> introduced =
      sessions->Introduced(context.connection(), context.database.schema());
  if (introduced.empty()) {
    return NotWatched("no session has called segue.hello");
  }
  const std::vector<std::string> stays = LivingOn(context, gate.row);
  GateAnswer answer;
  for (const db::Introduction& one : introduced) {
    const bool lives_on =
        std::count(stays.begin(), stays.end(), one.version) > 0;
    if (!one.superuser || lives_on) continue;
    answer.details.push_back(db::SessionText(one.session) + " of instance '" +
                             one.instance + "'");
  }
  if (answer.details.empty()) return answer;
  answer.state = GateState::kUnknown;
  answer.message =
      "superusers reach the old version also when it is shut, so it cannot be "
      "told whether they still use it:";
  answer.hint = "give the application a role of its own";
  return answer;
}

}  // namespace segue::engine
