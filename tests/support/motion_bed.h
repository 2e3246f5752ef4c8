// One motion on one table, which is installed as the operations plan it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plan/action.h"
#include "tests/support/actions.h"
#include "tests/support/testbed.h"

namespace segue::test {

// What a test decides about a motion; the rest is read from the existing table.
struct MotionSpec {
  std::string table = "t";
  std::string old_column = "o";
  std::string new_column =
      "n";                    // empty: the old one goes, see plan::ColumnMotion
  std::string new_type = "";  // empty: the old column's
  std::string up = "o";       // over the old version's names
  std::string down = "n";     // over the new version's names
  // The name by which `down` sees the new column; empty: its own name.
  std::string shown_as = "";
  std::optional<std::string> new_default = {};
  std::vector<std::string> new_versions = {};
  bool keeps_old_column = false;
  bool new_was_there = false;  // the table has the new column already
  bool writes_back = true;     // false: the new column is derived from several
  bool is_volatile = false;    // `up` gives another value each time
  bool new_not_null = false;   // what the new column is to be in the end
  bool marks = false;          // rows that an expression raises on
  // A second motion of the same table needs a name of its own.
  std::string name = "m1";
  std::string provenance = "_segue_d";
};

class MotionBed {
 public:
  // The table must exist, with or without rows.
  MotionBed(TestDatabase& database, const MotionSpec& spec);

  // Adds the new column, the provenance column and the triggers.
  void Install();
  // Undoes Install in reverse.
  void Remove();
  // Installs the form of the triggers that marks no rows.
  void StopMarking();
  // Fills the rows that `fill` cannot.
  void FillMarking();
  // Returns texts such as "(1, why)".
  std::vector<std::string> Marked();
  // Installs the form of the triggers for a filled table.
  void Narrow();
  // Installs the form of the triggers before the contract.
  void InstallSettling();

  // Fills in chunks of `rows`, and returns the number of chunks.
  int Fill(int rows = 1000);
  // Fills one range, with bounds as the fill has them.
  void FillRange(const Bounds& bounds);
  // Fills the rows with these keys of one integer column, which must have been
  // inserted in order.
  void FillKeys(const Bounds& keys);
  // True when the fill goes by the key, as the other walks do.
  bool FillsByKey();
  std::vector<std::string> VerifyKeys(const Bounds& bounds = {});
  // Repairs in chunks of `rows`, by the key, and returns the number of chunks.
  int RepairAll(int rows);
  // Returns the number of rows that were derived again.
  std::int64_t Repair(const Bounds& bounds = {});
  std::vector<std::string> BothGiven();
  void Settle();
  std::int64_t CountLeft();

  db::Connection& connection() { return *connection_; }
  const plan::ColumnMotion& motion() const { return motion_; }
  plan::Motions motions() const;
  const MotionSql& sql();

 private:
  int Walk(const WalkSql& walk, int rows);
  void Do(const plan::Action& action);
  plan::ColumnMotion MotionOf(const MotionSpec& spec,
                              const schema::Table& table) const;
  // Removes from the old column what must not act while both versions are live.
  void PrepareOldColumn(const schema::Column& old_column);

  TestDatabase& database_;
  std::unique_ptr<db::Connection> connection_;
  plan::ColumnMotion motion_;
  std::vector<PlannedAction> done_;
  std::optional<MotionSql> sql_;
};

}  // namespace segue::test
