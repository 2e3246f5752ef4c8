#include "engine/refuse_rollback.h"

#include "base/text.h"
#include "engine/contract.h"
#include "engine/holders.h"
#include "engine/missing.h"
#include "engine/statements.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

void RefuseLasting(const Context& context, const MigrationRow& row) {
  const std::vector<std::string> lasting = LastingSteps(context, row);
  if (lasting.empty()) return;
  throw Error(ErrorKind::kRefused, "migration '" + row.id +
                                       "' has run what cannot be undone: " +
                                       base::Join(lasting, "; "))
      .WithHint(
          "run 'segue complete' to finish it; 'segue rollback --abandon "
          "--reason TEXT' undoes the rest and leaves this as it is");
}

// The undo has the names of the plan, and would leave triggers on a table that
// has another one.
void RefuseRenamed(const Context& context, const MigrationRow& row) {
  if (ContractBegun(context, row)) return;  // it has exchanged names itself
  const std::vector<std::string> texts = Renamed(context, row);
  if (texts.empty()) return;
  throw Error(ErrorKind::kRefused,
              "somebody else has renamed what the rollback of migration '" +
                  row.id + "' undoes: " + base::Join(texts, "; "))
      .WithHint(
          "give it its name back and run 'segue rollback' again; nothing was "
          "changed; 'segue rollback --abandon --reason TEXT' leaves it as it "
          "is");
}

// What the new version wrote meanwhile would be lost without a word.
void RefuseOutOfStep(const Context& context, const MigrationRow& row) {
  if (ContractBegun(context, row)) return;  // it was in step at its start
  const std::vector<std::string> texts = OutOfStep(context, row);
  if (texts.empty()) return;
  throw Error(ErrorKind::kRefused,
              "values that the new version has written may be lost: " +
                  base::Join(texts, "; "))
      .WithHint(
          "mend it, or look at the rows that were written since, as with "
          "'segue verify --strict'; 'segue rollback --abandon --reason TEXT' "
          "takes them as they are");
}

// A rollback that cannot be finished would leave a shape that is neither old
// nor new.
void RefuseUndoOfRows(const Context& context, const MigrationRow& row) {
  const std::vector<std::string> reasons =
      UndoObjections(context, row, UndoOf::kAll);
  if (reasons.empty()) return;
  throw Error(ErrorKind::kMismatch,
              "the old shape has no room for what has been written: " +
                  base::Join(reasons, "; "))
      .WithHint(
          "give these rows a value, then run 'segue rollback' again; "
          "nothing was changed");
}

}  // namespace

void RefuseRollback(const Context& context, const MigrationRow& row) {
  RefuseLasting(context, row);
  RefuseRenamed(context, row);
  RefuseOutOfStep(context, row);
  RefuseUndoOfRows(context, row);
  RefuseHeldUndo(context, row);
}

}  // namespace segue::engine
