// Dual writes and the walks over rows.
#include "dialects/sqlite/instead_of.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/render.h"
#include "dialects/sqlite/schema_edit.h"
#include "dialects/sqlite/sync.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

constexpr char kInstant[] = "milliseconds, any size";

// "'name' and 'full_name' of 'users'"
std::string Subject(const plan::Motion& motion) {
  std::string text;
  if (motion.old_column) text = "'" + motion.old_column->name + "'";
  if (motion.old_column && motion.new_column) text += " and ";
  if (motion.new_column) text += "'" + motion.new_column->name + "'";
  return text + " of '" + motion.table.name + "'";
}

void Append(std::vector<Statement> more, std::vector<Statement>* statements) {
  for (Statement& statement : more) statements->push_back(std::move(statement));
}

}  // namespace

PlannedAction Renderer::operator()(const plan::CreateSync& action) const {
  const plan::Motion& motion = action.motion;
  const schema::Table* table = TableOf(motion.table);
  PlannedAction planned =
      Change("Keep " + Subject(motion) + " in step", kInstant);
  planned.forward = CreateTriggers(motion, table);
  planned.undo = DropTriggers(motion);
  // In the transaction that also drops the provenance, which rewrites the table
  // anyway. Rows where an application gave both (3) stay as they are.
  if (motion.new_was_there) {
    planned.undo.push_back({"UPDATE " + Quote(motion.table.name) + " SET " +
                                Quote(motion.new_column->name) +
                                " = NULL WHERE " + Quote(motion.provenance) +
                                " IN (1, 2)",
                            {}});
  }
  planned.probe = "SELECT " + TriggersExist(motion);
  if (motion.settling) {
    // This form replaced the ordinary one.
    plan::Motion before = motion;
    before.settling = false;
    planned.undo = CreateTriggers(before, table);
  }
  return planned;
}

PlannedAction Renderer::operator()(const plan::DropSync& action) const {
  const plan::Motion& motion = action.motion;
  PlannedAction planned =
      Change("Stop keeping " + Subject(motion) + " in step", kInstant);
  planned.forward = DropTriggers(motion);
  planned.undo = CreateTriggers(motion, TableOf(motion.table));
  // The provenance column goes next, and SQLite does not see that the triggers
  // of the version's view still write it.
  if (motion.new_column && !motion.new_versions.empty()) {
    const plan::VersionView::Mark mark{motion.name, motion.provenance};
    Append(EditSchema({WithoutMarkSql(mark), {}}), &planned.forward);
    Append(EditSchema({WithMarkSql(mark), {}}), &planned.undo);
  }
  planned.probe = "SELECT NOT " + TriggersExist(motion);
  return planned;
}

PlannedAction Renderer::operator()(const plan::NarrowSync& action) const {
  throw Error(ErrorKind::kRefused, "table '" + action.motion.table.name +
                                       "': SQLite's triggers stay as they are");
}

PlannedAction Renderer::Motion(ActionKind kind, const char* verb,
                               const plan::Motion& motion) const {
  PlannedAction planned = Change(verb + (" " + Subject(motion)),
                                 "the time of a chunk, again and again");
  planned.kind = kind;
  planned.transactional = false;
  planned.motion = MakeMotionSql(motion, TableOf(motion.table));
  return planned;
}

PlannedAction Renderer::operator()(const plan::Backfill& action) const {
  PlannedAction planned =
      Motion(ActionKind::kBackfill, "Backfill", action.motion);
  planned.probe = "SELECT NOT EXISTS (SELECT 1 FROM " +
                  Quote(action.motion.table.name) + " WHERE " +
                  Quote(action.motion.provenance) + " <= 0)";
  return planned;
}

PlannedAction Renderer::operator()(const plan::Verify& action) const {
  PlannedAction planned = Motion(ActionKind::kVerify, "Verify", action.motion);
  planned.lock = {};  // readers do not block writers for long
  return planned;
}

PlannedAction Renderer::operator()(const plan::Settle& action) const {
  PlannedAction planned = Motion(ActionKind::kSettle, "Settle", action.motion);
  planned.probe = "SELECT NOT EXISTS (SELECT 1 FROM " +
                  Quote(action.motion.table.name) + " WHERE " +
                  Quote(action.motion.provenance) + " = 3)";
  return planned;
}

// The copies go with the triggers: see CreateSync.
PlannedAction Renderer::operator()(const plan::Retreat& action) const {
  PlannedAction planned =
      Motion(ActionKind::kRetreat, "On a rollback, take back the copies in",
             action.motion);
  planned.lock = {};
  return planned;
}

}  // namespace segue::sqlite
