#include "segue/files.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "engine/context.h"
#include "ledger/pending.h"

namespace segue {
namespace {

// Returns the names of the complete migrations, in their order.
std::vector<std::string> Complete(db::Connection& connection,
                                  const engine::Ledger& ledger) {
  std::vector<std::string> names;
  for (const db::Row& row :
       connection
           .Execute(
               "SELECT id FROM " + ledger.TableNamed("migration") +
                   " WHERE schema_name = $1 AND phase = $2",
               {ledger.schema_name(), std::string(ToString(Phase::kComplete))})
           .rows) {
    names.push_back(db::ToText(row[0]));
  }
  std::sort(names.begin(), names.end(), base::NumberedLess);
  return names;
}

}  // namespace

MigrationFiles::MigrationFiles(Database& database, MigratorOptions options)
    : context_(
          std::make_unique<engine::Context>(database, std::move(options))) {}

MigrationFiles::~MigrationFiles() = default;

FileStatus MigrationFiles::Compare(std::vector<std::string> names) {
  FileStatus status;
  if (names.empty()) return status;
  std::sort(names.begin(), names.end(), base::NumberedLess);
  std::set<std::string> begun;
  const engine::Ledger& ledger = context_->ledger;
  db::Connection& connection = context_->connection();
  if (ledger.Open(connection)) {
    for (std::string& name : Complete(connection, ledger)) {
      begun.insert(name);
      if (base::Contains(names, name)) continue;
      status.gone.push_back(std::move(name));
    }
    for (std::string& name : engine::ActiveFiles(connection, ledger)) {
      begun.insert(std::move(name));
    }
  }
  for (std::string& name : names) {
    if (begun.count(name) == 0) status.pending.push_back(std::move(name));
  }
  return status;
}

}  // namespace segue
