#include "db/client_sessions.h"
#include "engine/gate/items.h"
#include "engine/gate/new_version.h"
#include "engine/gate/old_versions.h"

namespace segue::engine {
namespace {

std::string Since(const std::string& since) {
  return since.empty() ? "" : ", since " + since;
}

// A migration in place ends no version: old code and new code use the views of
// the same one, so that a role or a lock of it says nothing.
bool EndsVersions(const MigrationRow& row) {
  return !row.plan.version_schema.empty();
}

// Returns the roles that were made for another version than the new one.
// `stays` has the versions that a contract leaves.
std::vector<std::string> OldRoles(const std::vector<db::LoginRole>& roles,
                                  const MigrationRow& row,
                                  const std::vector<std::string>& stays) {
  std::vector<std::string> old;
  for (const db::LoginRole& role : roles) {
    const bool is_old =
        !IsNewVersion(row, role.version_schema) &&
        std::count(stays.begin(), stays.end(), role.version_schema) == 0;
    if (is_old) old.push_back(role.name);
  }
  return old;
}

}  // namespace

std::optional<GateAnswer> AskSessions(const GateContext& gate) {
  const Context& context = gate.context;
  const db::Dialect& dialect = context.database.dialect();
  const auto* sessions = db::ClientSessionsOf(dialect);
  if (sessions == nullptr) {
    return NotWatched(dialect.capabilities().name +
                      " does not tell who uses the database");
  }
  db::Connection& connection = context.connection();
  const std::string& schema = context.database.schema();
  const std::vector<db::Introduction> introduced =
      sessions->Introduced(connection, schema);
  const std::vector<db::LoginRole> roles =
      dialect.LoginRoles(connection, schema);
  std::vector<std::string> versions = OldVersions(context, gate.row);
  std::vector<std::string> stays = LivingOn(context, gate.row);
  if (!EndsVersions(gate.row)) stays.swap(versions);
  if (introduced.empty() && roles.empty() && versions.empty()) {
    return NotWatched(
        "no session has called segue.hello, no role was made for a version, "
        "and no other version is published");
  }
  std::vector<std::string> old;
  for (const db::Introduction& one : introduced) {
    const bool lives_on =
        EndsVersions(gate.row) &&
        std::count(stays.begin(), stays.end(), one.version) > 0;
    if (lives_on || IsNewVersion(gate.row, one.version)) continue;
    old.push_back(db::SessionText(one.session) +
                  " said that it is of instance '" + one.instance +
                  "', which runs " + one.version +
                  Since(one.session.connected));
  }
  for (const db::Session& one :
       sessions->OfRoles(connection, OldRoles(roles, gate.row, stays))) {
    old.push_back(db::SessionText(one) + " has a role of another version" +
                  Since(one.connected));
  }
  for (const std::string& version : versions) {
    for (const db::Session& one :
         dialect.Blockers(connection, {schema, version})) {
      old.push_back(db::SessionText(one) + " holds a lock on version " +
                    version + Since(one.since));
    }
  }
  return FailsOver(
      std::move(old), "sessions are of another version:",
      "let these sessions end, or end them with pg_terminate_backend");
}

}  // namespace segue::engine
