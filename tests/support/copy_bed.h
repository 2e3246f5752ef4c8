// A table and its copy, kept in step and filled as the operations plan it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plan/action.h"
#include "tests/support/actions.h"
#include "tests/support/testbed.h"

namespace segue::test {

class CopyBed {
 public:
  // Table 't' and its copy 'c' must exist; 'c' is empty. `values`: of columns
  // of the copy that are not the column of the same name, over 't'.
  explicit CopyBed(TestDatabase& database,
                   const std::map<std::string, std::string>& values = {});

  void Install();
  // Undoes Install.
  void Remove();
  PlannedAction Render(const plan::Action& action);

  // The next chunk of about so many rows; false when it was the last.
  bool FillChunk(int rows);
  // All that is left, in chunks of three.
  void Fill();
  // How many chunks met a row that a writer had brought.
  int refused() const { return refused_; }
  std::int64_t CountLeft();
  // "(1, missing or different)", "(2, not in the source)"
  std::vector<std::string> Verify();

  db::Connection& connection() { return *connection_; }
  plan::TableMotion& motion() { return motion_; }
  const MotionSql& sql();

 private:
  plan::Motions motions() const;

  TestDatabase& database_;
  std::unique_ptr<db::Connection> connection_;
  plan::TableMotion motion_;
  std::vector<PlannedAction> done_;
  std::optional<MotionSql> sql_;
  Bounds bounds_;
  int refused_ = 0;
};

}  // namespace segue::test
