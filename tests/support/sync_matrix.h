// The test matrix of the dual writes: writer {old, new, both} x {insert,
// update, key update, upsert, delete} x {value, same, NULL, default} x row
// {filled, unfilled}. Each cell is a statement on a row of its own.
#pragma once

#include <string>
#include <vector>

#include "tests/support/motion_bed.h"
#include "tests/support/sync_model.h"

namespace segue::test {

// The translations between the two sides of a motion, in SQL and again in C++.
struct MotionKind {
  std::string name;
  std::string old_type;
  std::string new_type;
  std::string up;
  std::string down;
  SyncModel::Translation model_up;
  SyncModel::Translation model_down;
  // Returns the n-th value of each side, as text.
  std::function<std::string(int)> old_value;
  std::function<std::string(int)> new_value;
  bool numeric_old = false;  // its literals have no quotes
  bool numeric_new = false;
};
std::vector<MotionKind> MotionKinds();

enum class Op { kInsert, kUpdate, kKeyUpdate, kUpsert, kDelete };

struct MatrixCell {
  Op op = Op::kInsert;
  Write o;
  Write n;
  bool filled = false;
  bool starts_null = false;  // the old value before the statement
  int id = 0;
};

// One run over every cell, with one table and one motion.
class SyncMatrix {
 public:
  SyncMatrix(TestDatabase& database, const Testbed& testbed,
             const MotionKind& kind, bool not_null, bool has_default);
  // Runs with the triggers of a table whose rows are all filled.
  void Narrow() { narrow_ = true; }

  // Reports each cell whose result differs from the model's.
  void Run();

 private:
  std::vector<MatrixCell> Cells() const;
  void AddUpdates(Op op, std::vector<MatrixCell>& cells) const;
  void CreateTable(const std::vector<MatrixCell>& cells);
  std::string Sql(const MatrixCell& cell) const;
  std::string Literal(const Write& write, bool numeric) const;
  ModelRow Before(const MatrixCell& cell) const;
  std::optional<ModelRow> Expected(const MatrixCell& cell) const;
  std::optional<ModelRow> ExpectedUpsert(const MatrixCell& cell) const;
  void Check(const MatrixCell& cell);
  std::optional<ModelRow> Stored(int id);

  TestDatabase& database_;
  const Testbed& testbed_;
  MotionKind kind_;
  OldShape shape_;
  SyncModel model_;
  bool narrow_ = false;
};

}  // namespace segue::test
