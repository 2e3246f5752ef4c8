// Actions as pseudo-SQL that a test can compare and a person can read.
#include <utility>

#include "base/text.h"
#include "plan/names.h"
#include "tests/doubles/fake_dialect.h"
#include "tests/doubles/shape_text.h"

namespace segue::test {
namespace {

using schema::TableName;

std::string Of(const TableName& table, const std::string& column) {
  return table.name + "." + column;
}

std::string IdentityText(const std::string& identity,
                         const std::string& index) {
  return index.empty() ? identity : identity + " " + index;
}

const char* FormText(plan::SyncForm form) {
  switch (form) {
    case plan::SyncForm::kLive:
      return " <-> ";
    case plan::SyncForm::kNarrow:
      return " <narrow> ";
    case plan::SyncForm::kStrict:
      return " <strict> ";
    case plan::SyncForm::kSettling:
      return " <=> ";
    case plan::SyncForm::kSealed:
      return " <== ";
    case plan::SyncForm::kRetreating:
      return " <retreat> ";
  }
  return "";
}

std::string SyncText(const plan::ColumnMotion& as_planned,
                     plan::SyncForm form) {
  const bool sealed = form == plan::SyncForm::kSealed;
  const plan::ColumnMotion motion =
      sealed ? plan::Sealed(as_planned) : as_planned;
  std::string text = motion.name + " ON " + motion.table.name + " (";
  text += motion.old_column ? motion.old_column->physical() : "-";
  text += FormText(form);
  // Sealed, the new column has the name that the new version knows.
  text += motion.new_column ? motion.new_column->physical() : "-";
  text += ")";
  if (!motion.up.empty()) text += " UP " + motion.up.sql;
  if (!motion.down.empty()) text += " DOWN " + motion.down.sql;
  if (motion.marks && form == plan::SyncForm::kLive) text += " MARKING";
  return text;
}

std::string SyncText(const plan::TableMotion& as_planned, plan::SyncForm form) {
  plan::RequireForm(as_planned, form);
  const bool sealed = form == plan::SyncForm::kSealed;
  const plan::TableMotion motion =
      sealed ? plan::Sealed(as_planned) : as_planned;
  return motion.name + " ON " + motion.source.name.name + " (-> " +
         motion.target.name + ")";
}

PlannedAction Make(const std::string& forward, const std::string& undo) {
  PlannedAction action;
  action.description = forward;
  action.forward.push_back({forward, std::nullopt});
  if (!undo.empty()) action.undo.push_back({undo, std::nullopt});
  return action;
}

PlannedAction Irreversible(const std::string& forward) {
  PlannedAction action = Make(forward, "");
  action.reversible = false;
  return action;
}

PlannedAction Walk(ActionKind kind, const std::string& verb,
                   const std::string& motion) {
  PlannedAction action;
  action.kind = kind;
  action.description = verb + " " + motion;
  action.transactional = false;
  action.motion = motion;
  return action;
}

WalkSql WalkOf(const std::string& verb, const schema::TableName& table,
               const std::vector<schema::Column>& key, const std::string& name,
               bool writes) {
  WalkSql walk;
  walk.table = table.name;
  for (const schema::Column& column : key) {
    walk.key_columns.push_back(column.name);
  }
  const std::string what = verb + " " + name;
  walk.statement = {what + " all", what + " after", what + " upto",
                    what + " between"};
  walk.next_bound = {"BOUND " + name, "BOUND AFTER " + name, "", ""};
  walk.writes = writes;
  walk.estimated_rows = "ESTIMATE " + table.name;
  return walk;
}

WalkSql WalkOf(const std::string& verb, const plan::ColumnMotion& motion,
               const std::string& name, bool writes) {
  return WalkOf(verb, motion.table, motion.key, name, writes);
}

MotionSql CopySql(const plan::TableMotion& motion) {
  const schema::TableName& source = motion.source.name;
  const std::string& name = motion.name;
  MotionSql sql;
  sql.name = name;
  sql.table = source.name;
  sql.fill = WalkOf("COPY", source, motion.key, name, true);
  sql.verify = {
      WalkOf("VERIFY", source, motion.key, name, false),
      WalkOf("VERIFY GHOSTS", motion.target, motion.key, name, false)};
  sql.count_left = "COUNT LEFT " + name;
  return sql;
}

std::string ViewText(const plan::VersionView& view) {
  std::vector<std::string> columns;
  for (const schema::Column& column : view.columns) {
    const bool renamed = column.physical() != column.name;
    columns.push_back(renamed ? column.physical() + " AS " + column.name
                              : column.name);
  }
  std::string text = view.name + "(" + base::Join(columns, ", ") + ")";
  if (const auto* rows = std::get_if<plan::Projection>(&view.source)) {
    return rows->where.empty() ? text : text + " WHERE " + rows->where;
  }
  std::vector<std::string> tables;
  for (const TableName& table : view.Tables()) tables.push_back(table.name);
  if (std::holds_alternative<plan::Part>(view.source)) {
    return text + " PART OF " + tables.front();
  }
  const bool joins = std::holds_alternative<plan::Join>(view.source);
  return text + " OF " + base::Join(tables, joins ? " JOIN " : " UNION ");
}

std::string ShownText(const std::vector<schema::Column>& columns) {
  plan::VersionView view;
  view.columns = columns;
  return ViewText(view);
}

// No fallback overload: a new primitive does not compile until it has its own.
class Renderer {
 public:
  Renderer(const db::Capabilities& can, const plan::Motions& motions)
      : can_(can), motions_(motions) {}

  PlannedAction operator()(const plan::CreateTable& a) const {
    return Make("CREATE TABLE " + TableText(a.table),
                "DROP TABLE " + a.table.name.name);
  }
  PlannedAction operator()(const plan::DropTable& a) const {
    return Irreversible("DROP TABLE " + a.table.name.name);
  }
  PlannedAction operator()(const plan::RenameTable& a) const {
    return Make("RENAME TABLE " + a.from.name + " TO " + a.to,
                "RENAME TABLE " + a.to + " TO " + a.from.name);
  }
  PlannedAction operator()(const plan::AddColumn& a) const {
    if (a.then_default) {
      plan::AddColumn plain = a;
      plain.then_default.reset();
      PlannedAction planned = (*this)(plain);
      planned.description += " THEN DEFAULT " + *a.then_default;
      return planned;
    }
    const std::string name = Of(a.table, a.column.name);
    return Make("ADD COLUMN " + name + " " + ColumnText(a.column),
                "DROP COLUMN " + name);
  }
  PlannedAction operator()(const plan::DropColumn& a) const {
    const std::string name = Of(a.table, a.column.name);
    return Irreversible((a.of_ours ? "DROP OWN COLUMN " : "DROP COLUMN ") +
                        name);
  }
  PlannedAction operator()(const plan::RenameColumn& a) const {
    return Make("RENAME COLUMN " + Of(a.table, a.from) + " TO " + a.to,
                "RENAME COLUMN " + Of(a.table, a.to) + " TO " + a.from);
  }
  PlannedAction operator()(const plan::AlterColumn& a) const {
    const std::string verb = "ALTER COLUMN " + Of(a.table, a.after.name) + " ";
    const std::string proven =
        a.proven_by.empty() ? "" : " PROVEN BY " + a.proven_by;
    return Make(verb + ColumnText(a.after) + proven,
                verb + ColumnText(a.before));
  }
  PlannedAction operator()(const plan::AddConstraint& a) const {
    const bool checks_later = can_.not_valid_constraints;
    schema::Constraint constraint = a.constraint;
    constraint.validated = constraint.validated && !checks_later;
    return Make("ADD " + ConstraintText(a.table, constraint),
                "DROP CONSTRAINT " + constraint.name + " ON " + a.table.name);
  }
  PlannedAction operator()(const plan::ValidateConstraint& a) const {
    return Make("VALIDATE CONSTRAINT " + a.name + " ON " + a.table.name,
                a.before
                    ? "UNVALIDATE CONSTRAINT " + a.name + " ON " + a.table.name
                    : "");
  }
  PlannedAction operator()(const plan::DropConstraint& a) const {
    return Make("DROP CONSTRAINT " + a.constraint.name + " ON " + a.table.name +
                    BackText(a.back),
                "ADD " + ConstraintText(a.table, a.constraint));
  }
  PlannedAction operator()(const plan::RenameConstraint& a) const {
    const std::string on = " ON " + a.table.name;
    return Make("RENAME CONSTRAINT " + a.constraint.name + on + " TO " + a.to,
                a.undo_drops ? "DROP CONSTRAINT " + a.to + on
                             : "RENAME CONSTRAINT " + a.to + on + " TO " +
                                   a.constraint.name);
  }
  PlannedAction operator()(const plan::LockTables& a) const {
    std::vector<std::string> names;
    for (const schema::TableName& one : a.tables) names.push_back(one.name);
    const std::string text = "LOCK " + base::Join(names, ", ");
    return a.on_undo ? Make("", text) : Make(text, "");
  }
  PlannedAction operator()(const plan::DetachSequence& a) const {
    const std::string of = a.column.name + " OF " + a.table.name;
    return Make("DETACH SEQUENCE FROM " + of, "ATTACH SEQUENCE TO " + of);
  }
  PlannedAction operator()(const plan::RestartSequence& a) const {
    const std::string of = " SEQUENCE OF " + a.table.name;
    return Make((a.above ? "RAISE" : "LOWER") + of, "RESTART" + of);
  }
  PlannedAction operator()(const plan::AttachSequence& a) const {
    const std::string of = a.column.name + " OF " + a.table.name;
    return Make("ATTACH SEQUENCE TO " + of, "DETACH SEQUENCE FROM " + of);
  }
  static std::string BackText(const std::optional<plan::ComesBack>& back) {
    if (!back) return "";
    std::string text = " BACK";
    for (const plan::Binding& one : back->columns) {
      if (one.name != one.column) text += " " + one.name + "=" + one.column;
    }
    return back->index.empty() ? text : text + " BY " + back->index;
  }
  PlannedAction operator()(const plan::PrepareUndo& a) const {
    PlannedAction action =
        Make(a.index ? "ON UNDO CREATE " + IndexText(a.table, *a.index)
             : a.foreign_key
                 ? "ON UNDO ADD " + a.foreign_key->name + " ON " + a.table.name
                 : "ON UNDO PROVE " + a.check->check + " ON " + a.table.name,
             "");
    action.transactional = false;
    action.probe = "TRUE";
    return action;
  }
  PlannedAction operator()(const plan::CarryOver& a) const {
    if (a.back) {
      return Make("ON UNDO CARRY " + base::Join(a.what, ", ") + " TO " +
                      a.table.name + "." + a.column,
                  "");
    }
    PlannedAction action = Make("CARRY " + base::Join(a.what, ", ") + " TO " +
                                    a.table.name + "." + a.column,
                                "");
    return action;
  }
  PlannedAction operator()(const plan::RebindViews& a) const {
    return Make("REBIND " + base::Join(a.what, ", ") + " TO " + a.table.name +
                    "." + a.heir,
                "");
  }
  PlannedAction operator()(const plan::CopyViews& a) const {
    const std::string what = base::Join(a.what, ", ");
    return a.fill ? Make("FILL COPIES OF " + what, "")
                  : Make("COPY " + what, "UNCOPY " + what);
  }
  PlannedAction operator()(const plan::GuardFill& a) const {
    const std::string what = GuardText(a);
    return Make("GUARD " + what, "UNGUARD " + what);
  }
  PlannedAction operator()(const plan::CopyTable& a) const {
    std::string text = "COPY TABLE " + a.table.name.name + " AS " + a.copy +
                       " (" + base::Join(a.columns, ", ") + ")";
    for (const auto& one : a.traits.parameters) {
      text += " " + one.name + "=" + one.value;
    }
    for (const plan::IndexPair& one : a.indexes) text += " WITH " + one.copy;
    if (a.partitions) {
      text += " PARTITIONED BY " + base::Join(a.partitions->columns, ", ");
      for (const auto& one : a.partitions->parts) text += " INTO " + one.name;
      for (const schema::Index& one : a.partitions->indexes) {
        text += " WITH " + one.name;
      }
    }
    return Make(text, "DROP TABLE " + a.copy);
  }
  PlannedAction operator()(const plan::MarkCopied& a) const {
    return a.taken ? Irreversible("UNMARK " + a.table.name)
                   : Make("MARK " + a.table.name, "");
  }
  PlannedAction operator()(const plan::SwapTables& a) const {
    const plan::TableMotion& motion = *motions_.Copy(a.motion);
    const std::string text = motion.source.name.name + " AND " +
                             motion.target.name + " PUT ASIDE AS " + a.aside;
    if (!a.kept) return Irreversible("SWAP " + text);
    return Make("SWAP " + text + " KEPT", "SWAP BACK " + text);
  }
  PlannedAction operator()(const plan::ProveForeignKeys& a) const {
    if (a.unite) return Make("UNITE KEYS OF " + a.table.name, "");
    const std::string text = "PROVE KEYS OF " + a.table.name;
    return a.back ? Make("NOTHING, BACK: " + text, text) : Make(text, "");
  }
  PlannedAction operator()(const plan::UnguardFill& a) const {
    return Make("UNGUARD " + GuardText(a), "");
  }
  static std::string GuardText(const plan::GuardFill& a) {
    std::vector<std::string> names = a.columns;
    for (const plan::HeldTrigger& one : a.held) names.push_back(one.name);
    return a.table.name + " (" + base::Join(names, ", ") + ")";
  }
  PlannedAction operator()(const plan::SetReplicaIdentity& a) const {
    const std::string verb = "REPLICA IDENTITY OF " + a.table.name + " ";
    return Make(verb + IdentityText(a.after, a.after_index),
                verb + IdentityText(a.before, a.before_index));
  }
  PlannedAction operator()(const plan::CreateIndex& a) const {
    PlannedAction action = Make("CREATE " + IndexText(a.table, a.index),
                                "DROP INDEX " + a.index.name);
    action.transactional = !can_.concurrent_index;
    if (!action.transactional) {
      action.probe = "HAS INDEX " + a.index.name;
      action.cleanup = action.undo;
    }
    return action;
  }
  PlannedAction operator()(const plan::DropIndex& a) const {
    PlannedAction action =
        Make("DROP INDEX " + a.index.name + (a.alone ? " ALONE" : "") +
                 BackText(a.back),
             "CREATE " + IndexText(a.table, a.index));
    action.transactional = !a.alone || !can_.concurrent_index;
    if (!action.transactional) action.probe = "HAS NO INDEX " + a.index.name;
    action.reversible = !a.alone;
    return action;
  }
  PlannedAction operator()(const plan::RenameIndex& a) const {
    return Make("RENAME INDEX " + a.index.name + " TO " + a.to,
                "RENAME INDEX " + a.to + " TO " + a.index.name);
  }
  PlannedAction operator()(const plan::CreateSync& a) const {
    const auto* motion =
        std::get_if<plan::ColumnMotion>(&motions_.At(a.motion));
    const auto before =
        motion == nullptr ? std::nullopt : plan::FormBefore(*motion, a.form);
    return Make("CREATE SYNC " + Text(a.motion, a.form),
                before ? "CREATE SYNC " + Text(a.motion, *before)
                       : "DROP SYNC " + a.motion);
  }
  PlannedAction operator()(const plan::DropSync& a) const {
    return Make("DROP SYNC " + a.motion,
                "CREATE SYNC " + Text(a.motion, a.form));
  }
  PlannedAction operator()(const plan::Backfill& a) const {
    return Walk(ActionKind::kBackfill, "FILL", plan::FillId(a.motions));
  }
  PlannedAction operator()(const plan::Verify& a) const {
    if (a.only_marked) {
      return Walk(ActionKind::kVerifyUnmarked, "VERIFY NONE MARKED", a.motion);
    }
    return Walk(ActionKind::kVerify, "VERIFY", a.motion);
  }
  PlannedAction operator()(const plan::Settle& a) const {
    return Walk(ActionKind::kSettle, "SETTLE", motions_.Column(a.motion).name);
  }
  PlannedAction operator()(const plan::Retreat& a) const {
    return Walk(ActionKind::kRetreat, "RETREAT",
                motions_.Column(a.motion).name);
  }
  PlannedAction operator()(const plan::PublishVersion& a) const {
    std::string text = "PUBLISH " + a.version_schema;
    for (const auto& view : a.views) text += " " + ViewText(view);
    return Make(text, "RETIRE " + a.version_schema);
  }
  PlannedAction operator()(const plan::SealVersion& a) const {
    return Make("SEAL " + a.version_schema, "UNSEAL " + a.version_schema);
  }
  PlannedAction operator()(const plan::RetireVersion& a) const {
    return Irreversible((a.sealed ? "RETIRE SEALED " : "RETIRE ") +
                        a.version_schema);
  }
  PlannedAction operator()(const plan::ReshapeView& a) const {
    const std::string head = "RESHAPE " + a.version_schema + "." + a.table.name;
    return Make(head + " " + ShownText(a.after),
                head + " " + ShownText(a.before));
  }
  PlannedAction operator()(const plan::RepointViews& a) const {
    std::vector<std::string> views;
    for (const auto& view : a.views) {
      views.push_back(ViewText(view.before) + " TO " + view.after.base().name);
    }
    return Irreversible("REPOINT " + a.version_schema + "." +
                        base::Join(views, ", "));
  }
  PlannedAction operator()(const plan::AttachTables& a) const {
    std::vector<std::string> parts;
    for (const auto& part : a.parts) {
      parts.push_back(part.table.name.name + " FOR " + part.value);
    }
    return Make(
        "ATTACH " + base::Join(parts, ", ") + " TO " + a.table.name.name,
        "DETACH FROM " + a.table.name.name);
  }
  PlannedAction operator()(const plan::UniteKeys& a) const {
    return Make("UNITE KEYS OF " + a.table.name, "DROP KEY OF " + a.table.name);
  }
  PlannedAction operator()(const plan::UniteNumbers& a) const {
    return Irreversible("UNITE NUMBERS OF " + a.table.name + "." + a.column);
  }
  PlannedAction operator()(const plan::DivideTable& a) const {
    std::vector<std::string> names;
    for (const auto& piece : a.pieces) names.push_back(piece.name);
    return Irreversible("DIVIDE " + a.table.name.name + " INTO " +
                        base::Join(names, ", "));
  }
  PlannedAction operator()(const plan::GiveRights& a) const {
    const std::string text = a.table.name + " LIKE " + a.like.name;
    return a.hidden ? Make("OWNER OF " + text, "")
                    : Irreversible("RIGHTS OF " + text);
  }
  PlannedAction operator()(const plan::PublishAlias& a) const {
    return Make("ALIAS " + a.view.base().name + " AS " + ViewText(a.view),
                "DROP ALIAS " + a.view.name);
  }
  PlannedAction operator()(const plan::RetireAlias& a) const {
    return Make("DROP ALIAS " + a.view.name,
                "ALIAS " + a.view.base().name + " AS " + ViewText(a.view));
  }
  PlannedAction operator()(const plan::RawSql& a) const {
    return a.undo.empty() ? Irreversible(a.sql) : Make(a.sql, a.undo);
  }

 private:
  std::string Text(const plan::MotionId& id, plan::SyncForm form) const {
    return std::visit([&](const auto& one) { return SyncText(one, form); },
                      motions_.At(id));
  }

  const db::Capabilities& can_;
  const plan::Motions& motions_;
};

}  // namespace

PlannedAction FakeDialect::Render(const plan::Action& action,
                                  const db::RenderContext& context) const {
  PlannedAction rendered =
      std::visit(Renderer(capabilities_, context.motions), action);
  if (rendered.kind == ActionKind::kSchema) {
    rendered.lock = {"EXCLUSIVE", "", context.lock_budget, "milliseconds", 1};
  }
  return rendered;
}

MotionSql FakeDialect::RenderMotions(const std::vector<plan::MotionId>& motions,
                                     const db::RenderContext& context) const {
  const plan::TableMotion* copy = context.motions.Copy(motions.at(0));
  if (copy != nullptr && motions.size() == 1) return CopySql(*copy);
  const plan::ColumnMotion& first = context.motions.Column(motions.at(0));
  MotionSql sql;
  sql.name = plan::FillId(motions);
  sql.table = first.table.name;
  sql.fill = WalkOf("FILL", first, sql.name, true);
  sql.count_left = "COUNT LEFT " + sql.name;
  if (motions.size() > 1) {
    sql.parts = motions;
    return sql;
  }
  sql.verify = {WalkOf("VERIFY", first, sql.name, false)};
  sql.settle = WalkOf("SETTLE", first, sql.name, true);
  sql.retreat = WalkOf("RETREAT", first, sql.name, true);
  return sql;
}

}  // namespace segue::test
