// Renders dual writes and the walks over rows.
#include <optional>

#include "base/append.h"
#include "base/text.h"
#include "dialects/sqlite/instead_of.h"
#include "dialects/sqlite/lookup_triggers.h"
#include "dialects/sqlite/missing.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/render.h"
#include "dialects/sqlite/schema_edit.h"
#include "dialects/sqlite/sync.h"
#include "dialects/sqlite/table_motion.h"
#include "plan/names.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

constexpr char kInstant[] = "milliseconds, any size";

// Returns a text such as "'name' and 'full_name' of 'users'".
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

std::string Subject(const plan::TableMotion& motion) {
  return "'" + motion.target.name + "', the copy of '" +
         motion.source.name.name + "'";
}

plan::TableMotion InForm(const plan::TableMotion& motion, plan::SyncForm form) {
  return form == plan::SyncForm::kSealed ? plan::Sealed(motion) : motion;
}

PlannedAction WalkOf(ActionKind kind, const char* verb,
                     const plan::MotionId& id, const RenderContext& context) {
  const plan::TableMotion* copy = context.motions.Copy(id);
  const std::string subject =
      copy != nullptr
          ? Subject(*copy)
          : Subject(context.motions.Column(id), plan::SyncForm::kLive);
  PlannedAction planned = Change(context, verb + (" " + subject),
                                 "the time of a chunk, again and again");
  planned.kind = kind;
  planned.transactional = false;
  planned.motion = id;
  return planned;
}

// Adds the triggers of the other table of a motion with a lookup.
std::vector<Statement> WithOther(const plan::ColumnMotion& motion,
                                 plan::SyncForm form,
                                 std::vector<Statement> statements) {
  base::Append(LookupTriggersThere(motion, form), statements);
  return statements;
}

std::string Missing(const plan::ColumnMotion& motion,
                    const std::vector<Statement>& here) {
  const std::string sql = MissingOn(motion.table.name, here, motion.Columns());
  if (!motion.lookup) return sql;
  return sql + " UNION ALL " +
         MissingOn(motion.lookup->table.name,
                   LookupTriggersThere(motion, plan::SyncForm::kLive),
                   {motion.lookup->value.name, motion.lookup->key.name});
}

}  // namespace

PlannedAction RenderOne(const plan::CreateSync& action,
                        const RenderContext& context) {
  if (const plan::TableMotion* copy = context.motions.Copy(action.motion)) {
    plan::RequireForm(*copy, action.form);
    const plan::TableMotion motion = InForm(*copy, action.form);
    PlannedAction planned =
        Change(context, "Keep " + Subject(motion) + ", in step", kInstant);
    planned.forward = CreateCopyTriggers(motion);
    planned.undo = DropCopyTriggers(motion);
    planned.probe = "SELECT " + CopyTriggersExist(motion);
    planned.missing = MissingOn(copy->source.name.name, planned.forward, {});
    return planned;
  }
  const plan::ColumnMotion& motion = context.motions.Column(action.motion);
  const schema::Table* table = TableOf(context, motion.table);
  PlannedAction planned = Change(
      context, "Keep " + Subject(motion, action.form) + " in step", kInstant);
  const std::vector<Statement> here =
      CreateTriggers(motion, action.form, table);
  planned.forward = WithOther(motion, action.form, here);
  planned.probe = "SELECT " + TriggersExist(motion);
  if (action.form == plan::SyncForm::kLive) {
    planned.missing = Missing(motion, here);
  }
  const std::optional<plan::SyncForm> before =
      plan::FormBefore(motion, action.form);
  if (before) {
    planned.undo =
        WithOther(motion, *before, CreateTriggers(motion, *before, table));
    return planned;
  }
  planned.undo = DropTriggers(motion);
  planned.undo.insert(planned.undo.begin(), RequireOn(motion.table.name, here));
  const std::vector<Statement> there = LookupTriggersThere(motion, action.form);
  if (!there.empty()) {
    planned.undo.insert(planned.undo.begin(),
                        RequireOn(motion.lookup->table.name, there));
  }
  // The copies are cleared in the transaction that drops the provenance, which
  // rewrites the table anyway. Rows of which an application gave both sides (3)
  // stay as they are.
  if (motion.new_was_there) {
    planned.undo.push_back({"UPDATE " + Quote(motion.table.name) + " SET " +
                                Quote(motion.new_column->name) +
                                " = NULL WHERE " + Quote(motion.provenance) +
                                " IN (1, 2)",
                            {}});
  }
  return planned;
}

PlannedAction RenderOne(const plan::DropSync& action,
                        const RenderContext& context) {
  if (const plan::TableMotion* copy = context.motions.Copy(action.motion)) {
    plan::RequireForm(*copy, action.form);
    const plan::TableMotion motion = InForm(*copy, action.form);
    PlannedAction planned = Change(
        context, "Stop keeping " + Subject(motion) + ", in step", kInstant);
    planned.forward = DropCopyTriggers(motion);
    planned.undo = CreateCopyTriggers(motion);
    planned.probe = "SELECT NOT " + CopyTriggersExist(motion);
    return planned;
  }
  const plan::ColumnMotion& motion = context.motions.Column(action.motion);
  PlannedAction planned = Change(
      context, "Stop keeping " + Subject(motion, action.form) + " in step",
      kInstant);
  planned.forward = DropTriggers(motion);
  planned.undo = WithOther(
      motion, action.form,
      CreateTriggers(motion, action.form, TableOf(context, motion.table)));
  // The provenance column is dropped next. SQLite does not see that the
  // triggers of the version's view still write that column.
  if (motion.new_column && !motion.new_versions.empty()) {
    const plan::VersionView::Mark mark{motion.name, motion.provenance};
    base::Append(EditSchema({WithoutMarkSql(mark), {}}), planned.forward);
    base::Append(EditSchema({WithMarkSql(mark), {}}), planned.undo);
  }
  planned.probe = "SELECT NOT " + TriggersExist(motion);
  return planned;
}

PlannedAction RenderOne(const plan::Backfill& action,
                        const RenderContext& context) {
  PlannedAction planned =
      WalkOf(ActionKind::kBackfill, "Backfill", action.motions.at(0), context);
  if (const plan::TableMotion* copy =
          context.motions.Copy(action.motions.at(0))) {
    planned.probe = "SELECT NOT EXISTS (SELECT 1 FROM " +
                    Quote(copy->source.name.name) + " WHERE " +
                    MissingInCopy(*copy) + ")";
    return planned;
  }
  std::vector<std::string> subjects, unfilled;
  for (const plan::MotionId& id : action.motions) {
    const plan::ColumnMotion& motion = context.motions.Column(id);
    subjects.push_back(Subject(motion, plan::SyncForm::kLive));
    unfilled.push_back(Quote(motion.provenance) + " <= 0");
  }
  planned.description = "Backfill " + base::Join(subjects, ", ");
  planned.motion = plan::FillId(action.motions);
  planned.probe = "SELECT NOT EXISTS (SELECT 1 FROM " +
                  Quote(context.motions.Column(action.motions[0]).table.name) +
                  " WHERE " + base::Join(unfilled, " OR ") + ")";
  return planned;
}

PlannedAction RenderOne(const plan::Verify& action,
                        const RenderContext& context) {
  PlannedAction planned = WalkOf(
      action.only_marked ? ActionKind::kVerifyUnmarked : ActionKind::kVerify,
      "Verify", action.motion, context);
  planned.lock = {};  // readers block writers only briefly
  return planned;
}

PlannedAction RenderOne(const plan::Settle& action,
                        const RenderContext& context) {
  const plan::ColumnMotion& motion = context.motions.Column(action.motion);
  PlannedAction planned =
      WalkOf(ActionKind::kSettle, "Settle", action.motion, context);
  planned.probe = "SELECT NOT EXISTS (SELECT 1 FROM " +
                  Quote(motion.table.name) + " WHERE " +
                  Quote(motion.provenance) + " = 3)";
  return planned;
}

// The copies are cleared together with the triggers; see CreateSync.
PlannedAction RenderOne(const plan::Retreat& action,
                        const RenderContext& context) {
  PlannedAction planned =
      WalkOf(ActionKind::kRetreat, "On a rollback, take back the copies in",
             context.motions.Column(action.motion).name, context);
  planned.lock = {};
  return planned;
}

MotionSql RenderMotions(const std::vector<plan::MotionId>& ids,
                        const db::RenderContext& context) {
  const plan::TableMotion* copy = context.motions.Copy(ids.at(0));
  if (copy != nullptr && ids.size() == 1) return CopySql(*copy);
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
