// Renders the moment at which several copies take the place of a table, whose
// rows are divided among them.
#include "base/append.h"
#include "base/text.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/render.h"
#include "dialects/sqlite/table_facts.h"
#include "dialects/sqlite/table_motion.h"

namespace segue::sqlite {
namespace {

// A copy numbers its rows from where the table has come to.
std::vector<Statement> TakeOver(const plan::DivideTable& action,
                                const std::string& copy,
                                const std::string& name) {
  std::vector<Statement> statements;
  if (CountsUp(action.table)) {
    statements.push_back(
        {"DELETE FROM sqlite_sequence WHERE name = " + Literal(copy), {}});
    statements.push_back({"INSERT INTO sqlite_sequence(name, seq) SELECT " +
                              Literal(copy) +
                              ", seq FROM sqlite_sequence WHERE name = " +
                              Literal(action.table.name.name),
                          {}});
  }
  statements.push_back(
      {"ALTER TABLE " + Quote(copy) + " RENAME TO " + Quote(name), {}});
  return statements;
}

}  // namespace

PlannedAction RenderOne(const plan::DivideTable& action,
                        const RenderContext& context) {
  std::vector<Statement> statements;
  if (!action.rest.empty()) {
    const plan::TableMotion& rest = *context.motions.Copy(action.rest);
    const std::string table = Quote(rest.target.name);
    // The contract has looked before; the row has come since.
    statements.push_back({"DELETE FROM " + table, 0});
    base::Append(DropCopyTriggers(rest), statements);
    statements.push_back({"DROP TABLE " + table, {}});
  }
  std::vector<std::string> names;
  for (const plan::DivideTable::Piece& piece : action.pieces) {
    const plan::TableMotion& motion = *context.motions.Copy(piece.motion);
    base::Append(DropCopyTriggers(motion), statements);
    base::Append(TakeOver(action, motion.target.name, piece.name), statements);
    names.push_back("'" + piece.name + "'");
  }
  PlannedAction planned =
      Change(context,
             "Let " + base::Join(names, ", ") + " take the place of '" +
                 action.table.name.name + "'",
             "milliseconds, any size");
  planned.forward = std::move(statements);
  planned.probe =
      "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = "
      "'table' AND name = " +
      Literal(action.pieces.front().name) + ")";
  planned.inventory = UsesInventorySql(action.table.name.name);
  planned.reversible = false;
  return planned;
}

}  // namespace segue::sqlite
