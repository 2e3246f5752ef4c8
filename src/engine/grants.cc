#include "engine/grants.h"

#include <algorithm>

#include "base/text.h"
#include "engine/contract.h"
#include "engine/missing.h"
#include "ledger/action_states.h"
#include "ledger/versions.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

struct Change {
  std::string what;
  std::string statement;  // empty: people have to decide
};

void AddChanges(db::Connection& connection, const std::string& sql,
                std::vector<Change>* changes) {
  if (sql.empty()) return;
  for (const db::Row& row : connection.Execute(sql).rows) {
    changes->push_back({db::ToText(row.at(0)), db::IsNull(row.at(1))
                                                   ? std::string()
                                                   : db::ToText(row.at(1))});
  }
}

void AddMigration(const Context& context, const MigrationRow& row,
                  std::vector<Change>* changes) {
  if (row.phase == Phase::kContracting || RollingBack(context, row) ||
      ContractBegun(context, row)) {
    return;
  }
  const ActionStates states(context.connection(), context.ledger, row.id);
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    const std::vector<PlannedAction>& actions = row.plan.steps[step].actions;
    for (std::size_t at = 0; at < actions.size(); ++at) {
      if (states.Of(step, at) != ActionState::kDone) continue;
      AddChanges(context.connection(), actions[at].grants, changes);
    }
  }
}

std::vector<Change> Changes(const Context& context, const MigrationRow* row,
                            const std::vector<std::string>& versions) {
  std::vector<Change> changes;
  if (row != nullptr) AddMigration(context, *row, &changes);
  const db::Language& language = context.database.dialect();
  for (const std::string& version : versions) {
    AddChanges(context.connection(),
               language.VersionGrantsSql(context.database.schema(), version),
               &changes);
  }
  return changes;
}

// Returns the texts of the changes that a statement makes follow, or of those
// that people decide about.
std::vector<std::string> Words(const std::vector<Change>& changes,
                               bool decided_by_people) {
  std::vector<std::string> words;
  for (const Change& change : changes) {
    if (change.statement.empty() != decided_by_people) continue;
    words.push_back(change.what);
  }
  return words;
}

}  // namespace

std::vector<std::string> LiveVersions(const Context& context) {
  std::vector<std::string> versions;
  for (const VersionInfo& version :
       PublishedVersions(context.ledger).All(context.connection())) {
    if (version.state == "live") versions.push_back(version.version_schema);
  }
  return versions;
}

std::vector<std::string> UnfollowedGrants(
    const Context& context, const MigrationRow* row,
    const std::vector<std::string>& versions) {
  std::vector<std::string> words;
  for (Change& change : Changes(context, row, versions)) {
    words.push_back(std::move(change.what));
  }
  return words;
}

FollowedGrants PendingGrants(const Context& context, const MigrationRow* row,
                             const std::vector<std::string>& versions) {
  const std::vector<Change> changes = Changes(context, row, versions);
  return {Words(changes, false), Words(changes, true)};
}

// A view follows the column that it shows, which may have to follow another
// first; and what is taken away takes with it what others have handed on.
FollowedGrants FollowGrants(const Context& context, const MigrationRow* row,
                            const std::vector<std::string>& versions,
                            const std::function<void()>& fence) {
  constexpr int kRounds = 3;
  db::Connection& connection = context.connection();
  if (Changes(context, row, versions).empty()) return {};
  db::Transaction transaction(connection,
                              {db::Purpose::kSchema, context.LockBudget()});
  fence();
  FollowedGrants followed;
  std::vector<Change> changes = Changes(context, row, versions);
  for (int round = 0; round < kRounds; ++round) {
    for (const Change& change : changes) {
      if (change.statement.empty()) continue;
      connection.Execute(change.statement);
      followed.applied.push_back(change.statement);
    }
    changes = Changes(context, row, versions);
  }
  const std::vector<std::string> stays = Words(changes, false);
  if (!stays.empty()) {
    throw Error(ErrorKind::kRefused, "privileges cannot be made to follow: " +
                                         base::Join(stays, "; "))
        .WithHint(
            "the role that owns the view or table, or the one that gave "
            "the privilege, changes it");
  }
  followed.left = Words(changes, true);
  transaction.Commit();
  return followed;
}

}  // namespace segue::engine
