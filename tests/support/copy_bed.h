// A table and its copy, which are kept in step and filled as the operations
// plan it.
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
  // The table 't' and its copy 'c' must exist, and 'c' must be empty. `values`
  // are expressions over 't' for columns of the copy that differ from the
  // column with the same name.
  explicit CopyBed(TestDatabase& database,
                   const std::map<std::string, std::string>& values = {});

  void Install();
  // Undoes Install.
  void Remove();
  PlannedAction Render(const plan::Action& action);

  // Fills the next chunk of about `rows` rows. Returns false when it was the
  // last one.
  bool FillChunk(int rows);
  // Fills all remaining rows, in chunks of three.
  void Fill();
  // The number of chunks that met a row which a writer had brought.
  int refused() const { return refused_; }
  std::int64_t CountLeft();
  // Returns texts such as "(1, missing or different)" and "(2, not in the
  // source)".
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
