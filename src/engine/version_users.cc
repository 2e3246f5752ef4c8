#include "engine/version_users.h"

#include <algorithm>

#include "base/append.h"
#include "base/text.h"
#include "db/client_sessions.h"
#include "engine/grants.h"
#include "ledger/observations.h"
#include "ledger/versions.h"
#include "plan/action.h"
#include "segue/instances.h"

namespace segue::engine {
namespace {

bool IsLive(const Context& context, const std::string& version) {
  const auto versions =
      PublishedVersions(context.ledger).All(context.connection());
  return std::any_of(versions.begin(), versions.end(),
                     [&](const VersionInfo& info) {
                       return info.name == version && info.state == "live";
                     });
}

std::string InstanceText(const InstanceInfo& instance) {
  const std::string expired =
      instance.live()
          ? ""
          : ", expired " + std::to_string(-instance.expires_in) + " s ago";
  return "instance '" + instance.id + "' (" + instance.host + expired + ")";
}

// A session may have a role of the version and a lock of it at once.
std::vector<std::string> SessionsOf(const Context& context,
                                    const std::string& version_schema,
                                    const std::vector<std::string>& roles) {
  std::vector<std::string> texts;
  const db::Dialect& dialect = context.database.dialect();
  const auto* sessions = db::ClientSessionsOf(dialect);
  if (sessions == nullptr) return texts;
  db::Connection& connection = context.connection();
  std::vector<db::Session> found = sessions->OfRoles(connection, roles);
  for (db::Session& holder : dialect.Blockers(
           connection, {context.database.schema(), version_schema})) {
    found.push_back(std::move(holder));
  }
  for (const db::Session& session : found) {
    std::string text = db::SessionText(session);
    if (std::count(texts.begin(), texts.end(), text) > 0) continue;
    texts.push_back(std::move(text));
  }
  return texts;
}

// Appends the roles that were made for the version, and its sessions.
void AddRolesAndSessions(const Context& context, const std::string& schema,
                         std::vector<std::string>& users) {
  const db::Dialect& dialect = context.database.dialect();
  std::vector<std::string> roles;
  for (const db::LoginRole& role :
       dialect.LoginRoles(context.connection(), context.database.schema())) {
    if (role.version_schema != schema) continue;
    roles.push_back(role.name);
    users.push_back("role '" + role.name + "'");
  }
  base::Append(SessionsOf(context, schema, roles), users);
}

// Appends the sessions that have said that they are of the version, and are not
// among the users yet.
void AddIntroduced(const Context& context, const VersionInfo& version,
                   std::vector<std::string>& users) {
  const auto* sessions = db::ClientSessionsOf(context.database.dialect());
  if (sessions == nullptr) return;
  for (const db::Introduction& one :
       sessions->Introduced(context.connection(), context.database.schema())) {
    if (one.version != version.name && one.version != version.version_schema) {
      continue;
    }
    std::string text = db::SessionText(one.session);
    if (std::count(users.begin(), users.end(), text) > 0) continue;
    users.push_back(std::move(text));
  }
}

}  // namespace

std::vector<std::string> VersionUsers(const Context& context,
                                      const MigrationRow& row) {
  std::vector<std::string> users;
  const std::string& schema = row.plan.version_schema;
  if (schema.empty() || !IsLive(context, row.plan.version)) return users;
  for (const InstanceInfo& instance : Instances(context.database).List()) {
    if (instance.version == row.plan.version || instance.version == schema) {
      users.push_back(InstanceText(instance));
    }
  }
  AddRolesAndSessions(context, schema, users);
  return users;
}

std::vector<std::string> UsersNow(const Context& context,
                                  const VersionInfo& version) {
  std::vector<std::string> users;
  for (const InstanceInfo& instance : Instances(context.database).List()) {
    const bool is_of = instance.version == version.name ||
                       instance.version == version.version_schema;
    if (is_of && instance.live()) users.push_back(InstanceText(instance));
  }
  AddRolesAndSessions(context, version.version_schema, users);
  AddIntroduced(context, version, users);
  return users;
}

bool WasUsed(const Context& context, const MigrationRow& row) {
  if (db::ClientSessionsOf(context.database.dialect()) == nullptr) return false;
  return Observations(context.ledger)
      .Load(context.connection(), row.id, ObservationKind::kUsers,
            row.plan.version)
      .has_value();
}

std::vector<std::string> Refusing(const Context& context) {
  const auto* sessions = db::ClientSessionsOf(context.database.dialect());
  if (sessions == nullptr) return {};
  return sessions->RefusingVersions(context.connection(),
                                    context.database.schema());
}

std::vector<VersionInfo> VersionsNow(const Context& context) {
  std::vector<VersionInfo> versions =
      PublishedVersions(context.ledger).All(context.connection());
  const std::vector<std::string> refusing = Refusing(context);
  for (VersionInfo& version : versions) {
    version.refuses = version.state == "retired" &&
                      std::count(refusing.begin(), refusing.end(),
                                 version.version_schema) > 0;
  }
  return versions;
}

std::vector<std::string> RefusingTexts(
    const std::vector<VersionInfo>& versions) {
  std::vector<std::string> texts;
  for (const VersionInfo& version : versions) {
    if (!version.refuses) continue;
    texts.push_back(
        "version " + version.version_schema + " refuses its applications" +
        (version.retired_at.empty() ? std::string()
                                    : " since " + version.retired_at) +
        "; 'segue versions forget " + version.name +
        "' removes what it has left");
  }
  return texts;
}

// segue drops no role: whoever logs in with one would not get in any more.
std::vector<std::string> StrandedRoles(const Context& context,
                                       const MigrationRow& row) {
  if (row.plan.version_schema.empty()) return {};
  const std::vector<std::string> live = LiveVersions(context);
  const std::vector<std::string> refusing = Refusing(context);
  std::vector<std::string> notes;
  for (const db::LoginRole& role : context.database.dialect().LoginRoles(
           context.connection(), context.database.schema())) {
    const std::string& version = role.version_schema;
    if (std::count(live.begin(), live.end(), version) > 0) continue;
    const bool refused =
        std::count(refusing.begin(), refusing.end(), version) > 0;
    notes.push_back("role '" + role.name + "' is of version " + version +
                    (refused ? ", which refuses it now; 'segue versions role "
                             : ", which is gone: it sees the base schema now; "
                               "'segue versions role ") +
                    role.name +
                    "' gives it another version, otherwise drop it");
  }
  return notes;
}

PlannedAction RetireAction(const Context& context,
                           const std::string& version_schema) {
  schema::Schema schema;
  schema.name = context.database.schema();
  return context.database.dialect().Render(plan::RetireVersion{version_schema},
                                           {schema, context.LockBudget()});
}

std::string RolledBackReason(const std::string& version_schema) {
  return "version " + version_schema +
         " was rolled back: its applications have to go back to the version "
         "before";
}

}  // namespace segue::engine
