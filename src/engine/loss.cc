#include "engine/loss.h"

#include <string>
#include <vector>

#include "base/append.h"
#include "base/text.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

// What names the columns as they are at another moment finds nothing now.
std::vector<std::string> FoundBy(const RunContext& context,
                                 const std::string& select) {
  db::Connection& connection = context.connection();
  std::vector<std::string> found;
  connection.Execute("SAVEPOINT segue_look");
  try {
    for (const db::Row& row : connection.Execute(select).rows) {
      std::vector<std::string> cells;
      for (const db::Value& cell : row) {
        if (!db::IsNull(cell)) cells.push_back(db::ToText(cell));
      }
      found.push_back(base::Join(cells, ", "));
    }
  } catch (const Error& error) {
    const db::Absent absent = context.database.dialect().AbsentIn(error);
    if (absent == db::Absent::kNothing) throw;
    connection.Execute("ROLLBACK TO SAVEPOINT segue_look");
  }
  connection.Execute("RELEASE SAVEPOINT segue_look");
  return found;
}

}  // namespace

void LookForLoss(const RunContext& context, std::size_t step, std::size_t begin,
                 std::size_t end) {
  std::vector<std::string> lost;
  for (std::size_t action = begin; action < end; ++action) {
    const std::string& sql =
        context.plan().steps[step].actions[action].undo_objections;
    if (sql.empty()) continue;
    base::Append(FoundBy(context, sql), lost);
  }
  for (const MotionSql& motion : context.plan().motions) {
    for (const WalkSql& walk : motion.marked_sealed) {
      for (const std::string& key : FoundBy(context, walk.statement.all)) {
        lost.push_back(motion.table + ": " + key);
      }
    }
  }
  if (lost.empty()) return;
  throw Error(ErrorKind::kMismatch,
              "rows came meanwhile that the old shape cannot hold: " +
                  base::Join(lost, "; "))
      .WithHint(
          "give these rows a value that it can hold, or run 'segue undo "
          "--lossy --reason TEXT'; the contract is still sealed");
}

}  // namespace segue::engine
