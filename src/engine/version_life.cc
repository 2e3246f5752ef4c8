// How a published version is taken away.
#include <algorithm>

#include "base/text.h"
#include "engine/context.h"
#include "engine/missing.h"
#include "engine/statements.h"
#include "engine/version_users.h"
#include "ledger/lease.h"
#include "ledger/versions.h"
#include "segue/error.h"
#include "segue/versions.h"

namespace segue {
namespace {

// Returns the version of this name, or of this schema, in this state.
VersionInfo VersionIn(const engine::Context& context, const std::string& state,
                      const std::string& version) {
  std::vector<std::string> names;
  for (const VersionInfo& info :
       engine::PublishedVersions(context.ledger).All(context.connection())) {
    if (info.state != state) continue;
    if (info.name == version || info.version_schema == version) return info;
    names.push_back(info.name);
  }
  const std::string near = base::Nearest(version, names);
  throw Error(ErrorKind::kNotFound,
              "no " + state + " version is called '" + version + "'")
      .WithHint(near.empty() ? "'segue versions' lists them"
                             : "did you mean " + near + "?");
}

void RequireLedger(const engine::Context& context, const std::string& version) {
  if (context.ledger.Open(context.connection(), db::LedgerUse::kRun)) return;
  throw Error(ErrorKind::kNotFound,
              "no version is called '" + version + "': none was published");
}

void RefuseUsed(const VersionInfo& info, const std::vector<std::string>& users,
                bool leaves_refusal) {
  if (users.empty()) return;
  throw Error(ErrorKind::kRefused, "version " + info.version_schema +
                                       " is in use: " + base::Join(users, ", "))
      .WithHint("let them use another version first; 'segue versions " +
                std::string(leaves_refusal ? "retire " : "unpublish ") +
                info.name + " --force --reason TEXT' goes on all the same");
}

// The migration of the version, in whose history its end stands, has the name
// of the version unless its file gives it another one.
void Tell(const engine::Context& context, const VersionInfo& info,
          bool leaves_refusal, const std::vector<std::string>& users,
          const std::string& force_reason) {
  db::Connection& connection = context.connection();
  const auto add = [&](EventKind kind, const std::string& text) {
    context.ledger.AddEvent(connection, info.name, kind, text);
  };
  if (!users.empty()) {
    add(EventKind::kForced, force_reason + " (version " + info.version_schema +
                                " was in use: " + base::Join(users, ", ") +
                                ")");
  }
  add(EventKind::kNote,
      "Version " + info.version_schema +
          (leaves_refusal ? " was retired" : " was unpublished"));
}

}  // namespace

Versions::Versions(Database& database, MigratorOptions options)
    : context_(
          std::make_unique<engine::Context>(database, std::move(options))) {}

Versions::~Versions() = default;

void Versions::Retire(const std::string& version,
                      const std::string& force_reason) {
  TakeAway(version, true, force_reason);
}

void Versions::Unpublish(const std::string& version,
                         const std::string& force_reason) {
  TakeAway(version, false, force_reason);
}

// The state is looked at under the lease, because another runner may have begun
// or ended a migration meanwhile.
void Versions::TakeAway(const std::string& version, bool leaves_refusal,
                        const std::string& force_reason) {
  RequireLedger(*context_, version);
  db::Connection& connection = context_->connection();
  VersionIn(*context_, "live", version);
  engine::Lease lease(context_->database, context_->ledger);
  const VersionInfo info = VersionIn(*context_, "live", version);
  if (const auto active = context_->ledger.Active(connection)) {
    throw Error(ErrorKind::kRefused,
                "migration '" + active->id +
                    "' is active; its end decides which versions stay")
        .WithHint("'segue complete' or 'segue rollback' ends it");
  }
  const std::vector<std::string> users = engine::UsersNow(*context_, info);
  if (force_reason.empty()) RefuseUsed(info, users, leaves_refusal);
  const db::Dialect& dialect = context_->database.dialect();
  const PlannedAction retire =
      engine::RetireAction(*context_, info.version_schema);
  db::Transaction transaction(connection,
                              {db::Purpose::kSchema, context_->LockBudget()});
  lease.Fence(connection);
  for (const Statement& statement : retire.forward) {
    engine::Execute(connection, statement);
  }
  if (!leaves_refusal) dialect.RemoveRefused(connection, info.version_schema);
  engine::PublishedVersions(context_->ledger).Retire(connection, info);
  Tell(*context_, info, leaves_refusal, users, force_reason);
  transaction.Commit();
}

void Versions::Forget(const std::string& version) {
  RequireLedger(*context_, version);
  db::Connection& connection = context_->connection();
  VersionIn(*context_, "retired", version);
  engine::Lease lease(context_->database, context_->ledger);
  const VersionInfo info = VersionIn(*context_, "retired", version);
  db::Transaction transaction(connection,
                              {db::Purpose::kSchema, context_->LockBudget()});
  lease.Fence(connection);
  context_->database.dialect().RemoveRefused(connection, info.version_schema);
  engine::PublishedVersions(context_->ledger).Remove(connection, info.name);
  transaction.Commit();
}

std::optional<VersionUse> Versions::Use() {
  if (!context_->ledger.Open(context_->connection())) return std::nullopt;
  const auto active = context_->ledger.Active(context_->connection());
  if (!active) return std::nullopt;
  return VersionUse{active->id, active->plan.version_schema,
                    engine::RollingBack(*context_, *active),
                    engine::VersionUsers(*context_, *active)};
}

}  // namespace segue
