#include "ledger/standing.h"

#include <optional>
#include <string>

#include "segue/error.h"

namespace segue::engine {

void RefuseChangedFile(const MigrationRow& row, const Migration& migration) {
  if (row.checksum == migration.checksum) return;
  throw Error(ErrorKind::kRefused,
              "the file of migration '" + row.id +
                  "' is not the one that was applied: its checksum was " +
                  row.checksum.substr(0, 12) + ", it is " +
                  migration.checksum.substr(0, 12))
      .WithHint("restore the file, or put the change into a new migration");
}

namespace {

void RefuseOtherActive(const MigrationRow& active,
                       const std::optional<MigrationRow>& row,
                       const std::string& id) {
  if (active.id == id) return;
  if (row && row->folded_into == active.id) {
    throw Error(ErrorKind::kRefused, "migration '" + id + "' is a part of '" +
                                         active.id + "', which is active (" +
                                         std::string(ToString(active.phase)) +
                                         ")")
        .WithHint("'segue resume' goes on with all of it");
  }
  if (active.sub_state == SubState::kRollingBack) {
    throw Error(ErrorKind::kRefused,
                "migration '" + active.id + "' is rolling back")
        .WithHint("'segue rollback' finishes that");
  }
  throw Error(ErrorKind::kRefused, "migration '" + active.id + "' is active (" +
                                       std::string(ToString(active.phase)) +
                                       ")")
      .WithHint("complete it or roll it back first");
}

using Known = std::optional<MigrationRow>;

// The rows that the ledger has of the migration and of its parts.
std::vector<Known> LoadAll(db::Connection& connection, const Ledger& ledger,
                           const Migration& migration) {
  std::vector<std::string> ids = {migration.id};
  for (const Migration& part : migration.folded) ids.push_back(part.id);
  std::vector<Known> known;
  for (const std::string& id : ids) {
    known.push_back(ledger.Load(connection, id));
  }
  return known;
}

bool IsBegun(const Known& row) {
  return row && row->phase != Phase::kRolledBack;
}

// Refuses a part of a fold whose file was changed since the part was begun, and
// a part that now belongs to another migration than `whole`, which is empty
// before the fold has begun.
void RefuseChangedPart(const Known& row, const Migration& part,
                       const std::string& whole) {
  if (!IsBegun(row)) return;
  RefuseChangedFile(*row, part);
  if (!whole.empty() && row->folded_into == whole) return;
  throw Error(ErrorKind::kRefused, "migration '" + part.id +
                                       "' has been begun by another run (" +
                                       std::string(ToString(row->phase)) + ")")
      .WithHint("run 'segue migrate' again to look at what is pending now");
}

MigrationRow NewRow(const Migration& migration) {
  MigrationRow row;
  row.id = migration.id;
  row.title = migration.title;
  row.checksum = migration.checksum;
  row.source = migration.source;
  return row;
}

// Makes the row of a migration whose work the plan of `whole` does.
MigrationRow NewPart(const Migration& part, const std::string& whole) {
  MigrationRow row = NewRow(part);
  row.plan.id = part.id;
  row.plan.title = part.title;
  row.plan.notes = {"folded into '" + whole + "'"};
  row.folded_into = whole;
  return row;
}

}  // namespace

Found FindMigration(db::Connection& connection, const Ledger& ledger,
                    const Migration& migration) {
  const auto active = ledger.Active(connection);
  std::vector<Known> known = LoadAll(connection, ledger, migration);
  Known& row = known.front();
  if (active) RefuseOtherActive(*active, row, migration.id);
  const bool begun = IsBegun(row);
  if (begun) RefuseChangedFile(*row, migration);
  for (std::size_t at = 0; at < migration.folded.size(); ++at) {
    RefuseChangedPart(known[at + 1], migration.folded[at],
                      begun ? row->id : "");
  }
  if (begun) {
    const bool complete = row->phase == Phase::kComplete;
    return {complete ? Standing::kComplete : Standing::kBegun, *std::move(row)};
  }
  Found found{Standing::kFresh, NewRow(migration)};
  for (const Migration& part : migration.folded) {
    found.parts.push_back(NewPart(part, migration.id));
  }
  return found;
}

}  // namespace segue::engine
