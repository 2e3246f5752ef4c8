// A rolling deployment under traffic: old clients, start, new clients beside
// them, then complete or rollback; the oracle judges.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lab/traffic.h"
#include "segue/database.h"
#include "segue/migration.h"
#include "segue/migrator.h"
#include "tests/support/testbed.h"

namespace segue::test {

// One change and how the two versions of an application use the table
// `items(id, v, note)`.
struct Scenario {
  std::string name;
  std::string only = {};                     // a dialect; empty: every one
  std::string column = "v BIGINT NOT NULL";  // its definition at the start
  std::string key = "id BIGINT PRIMARY KEY";
  std::string extra_column = {};  // another one, as "code TEXT"
  std::string setup = {};  // run after CREATE TABLE, as "CREATE INDEX ..."
  std::string fill = "i";  // the value of row i, an expression over i
  Migration (*migration)() = nullptr;
  lab::ClientShape old_version = {};
  lab::ClientShape new_version = {};
  // In place, clients of the new version can run as soon as both are live;
  // false where the new shape appears only at the end.
  bool new_shape_in_place = true;
  // Nothing has the old shape after a contract in place.
  bool only_versioned = false;
  bool nullable = false;  // every tenth row starts as NULL
  // Counts rows that are wrong while both versions are live; empty: none.
  std::string wrong_rows = {};
};

const std::vector<Scenario>& Scenarios();

class Rolling {
 public:
  // With a `window`, the contract can be undone.
  Rolling(const Testbed& testbed, TestDatabase* database,
          const Scenario& scenario, Access access, bool window = false);

  // Each throws when something does not come about in time.
  void StartUnderOldTraffic();
  void AddNewVersion();
  // Both shapes against the oracle, in a moment without writes.
  void JudgeBothShapes();
  void CompleteUnderNewTraffic();
  void RollBackUnderOldTraffic();
  // The contract under the new version's clients only.
  void SealUnderNewTraffic();
  void UndoUnderNewTraffic();
  void DropUnderNewTraffic();
  // Clients of both versions, after an undo.
  void GoOnWithBoth();

  lab::Traffic& traffic() { return traffic_; }
  lab::ClientShape OldShape() const;
  lab::ClientShape NewShape();
  TestDatabase& database() { return *database_; }
  std::int64_t CountOf(const std::string& sql);
  // The catalogue before the start.
  const std::string& dump_before() const { return dump_before_; }

 private:
  void Fill();
  std::vector<int> AddClients(const lab::ClientShape& shape);
  void Moment(std::int64_t statements);
  lab::ClientShape Completed(lab::ClientShape shape,
                             const std::string& label) const;

  const Testbed testbed_;
  TestDatabase* const database_;
  const Scenario& scenario_;
  const Access access_;
  const MigratorOptions options_;
  Database session_;
  Migrator migrator_;
  std::string dump_before_;
  std::vector<int> old_clients_;
  std::vector<int> new_clients_;
  lab::Traffic traffic_;
};

}  // namespace segue::test
