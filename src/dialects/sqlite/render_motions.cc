// Dual writes and the walks over rows.
#include <optional>

#include "base/text.h"
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
std::string Subject(const plan::ColumnMotion& as_planned, plan::SyncForm form) {
  const bool sealed = form == plan::SyncForm::kSealed;
  const plan::ColumnMotion motion =
      sealed ? plan::Sealed(as_planned) : as_planned;
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
  const plan::ColumnMotion& motion = context_.motions.Column(action.motion);
  const schema::Table* table = TableOf(motion.table);
  PlannedAction planned =
      Change("Keep " + Subject(motion, action.form) + " in step", kInstant);
  planned.forward = CreateTriggers(motion, action.form, table);
  planned.probe = "SELECT " + TriggersExist(motion);
  const std::optional<plan::SyncForm> before =
      plan::FormBefore(motion, action.form);
  if (before) {
    planned.undo = CreateTriggers(motion, *before, table);
    return planned;
  }
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
  return planned;
}

PlannedAction Renderer::operator()(const plan::DropSync& action) const {
  const plan::ColumnMotion& motion = context_.motions.Column(action.motion);
  PlannedAction planned = Change(
      "Stop keeping " + Subject(motion, action.form) + " in step", kInstant);
  planned.forward = DropTriggers(motion);
  planned.undo = CreateTriggers(motion, action.form, TableOf(motion.table));
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

PlannedAction Renderer::Motion(ActionKind kind, const char* verb,
                               const plan::MotionId& id) const {
  const plan::ColumnMotion& motion = context_.motions.Column(id);
  PlannedAction planned =
      Change(verb + (" " + Subject(motion, plan::SyncForm::kLive)),
             "the time of a chunk, again and again");
  planned.kind = kind;
  planned.transactional = false;
  planned.motion = id;
  return planned;
}

PlannedAction Renderer::operator()(const plan::Backfill& action) const {
  PlannedAction planned =
      Motion(ActionKind::kBackfill, "Backfill", action.motions.at(0));
  std::vector<std::string> subjects, unfilled;
  for (const plan::MotionId& id : action.motions) {
    const plan::ColumnMotion& motion = context_.motions.Column(id);
    subjects.push_back(Subject(motion, plan::SyncForm::kLive));
    unfilled.push_back(Quote(motion.provenance) + " <= 0");
  }
  planned.description = "Backfill " + base::Join(subjects, ", ");
  planned.motion = base::Join(action.motions, "+");
  planned.probe = "SELECT NOT EXISTS (SELECT 1 FROM " +
                  Quote(context_.motions.Column(action.motions[0]).table.name) +
                  " WHERE " + base::Join(unfilled, " OR ") + ")";
  return planned;
}

PlannedAction Renderer::operator()(const plan::Verify& action) const {
  PlannedAction planned = Motion(
      action.only_marked ? ActionKind::kVerifyUnmarked : ActionKind::kVerify,
      "Verify", action.motion);
  planned.lock = {};  // readers do not block writers for long
  return planned;
}

PlannedAction Renderer::operator()(const plan::Settle& action) const {
  const plan::ColumnMotion& motion = context_.motions.Column(action.motion);
  PlannedAction planned = Motion(ActionKind::kSettle, "Settle", action.motion);
  planned.probe = "SELECT NOT EXISTS (SELECT 1 FROM " +
                  Quote(motion.table.name) + " WHERE " +
                  Quote(motion.provenance) + " = 3)";
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

MotionSql RenderMotions(const std::vector<plan::MotionId>& ids,
                        const db::RenderContext& context) {
  std::vector<const plan::ColumnMotion*> motions;
  for (const plan::MotionId& id : ids) {
    motions.push_back(&context.motions.Column(id));
  }
  const schema::Table* table =
      context.schema.FindTable(motions.at(0)->table.name);
  if (motions.size() == 1) return MakeMotionSql(*motions[0], table);
  return SharedFillSql(motions, table);
}

}  // namespace segue::sqlite
