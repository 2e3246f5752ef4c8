// Renders checks and foreign keys of existing tables. SQLite's ALTER TABLE
// knows none of these, so the text of the table is edited after every row was
// checked.
#include "base/append.h"
#include "dialects/sqlite/bound.h"
#include "dialects/sqlite/constraint_trial.h"
#include "dialects/sqlite/create_table_text.h"
#include "dialects/sqlite/missing.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/render.h"
#include "dialects/sqlite/some_keys.h"
#include "dialects/sqlite/table_text.h"
#include "dialects/sqlite/text_edit.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

using schema::Constraint;
using schema::ConstraintKind;

bool IsInText(const Constraint& constraint) {
  return constraint.kind == ConstraintKind::kCheck ||
         constraint.kind == ConstraintKind::kForeignKey;
}

void RequireInText(const schema::TableName& table, const Constraint& constraint,
                   const char* what) {
  if (IsInText(constraint)) return;
  throw Error(ErrorKind::kRefused,
              "constraint '" + constraint.name + "' of table '" + table.name +
                  "': SQLite cannot " + what +
                  " a UNIQUE or PRIMARY KEY of an existing table")
      .WithHint("a unique index can be created and dropped at any time");
}

std::string Named(const char* verb, const Constraint& constraint,
                  const schema::TableName& table) {
  const bool check = constraint.kind == ConstraintKind::kCheck;
  return std::string(verb) + (check ? " check '" : " foreign key '") +
         constraint.name + "' of '" + table.name + "'";
}

std::string IsThere(const std::string& table, const std::string& name) {
  return "EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name "
         "= " +
         Literal(table) + " AND segue_has_constraint(sql, " + Literal(name) +
         ") = '1')";
}

std::string Fail(const std::string& message, const std::string& rows) {
  return "SELECT segue_fail(" + Literal(message) + ") WHERE EXISTS (SELECT 1 " +
         "FROM " + rows + ")";
}

std::vector<Statement> AddStatements(const schema::TableName& table,
                                     const Constraint& constraint) {
  std::vector<Statement> statements;
  if (constraint.kind == ConstraintKind::kCheck) {
    statements.push_back(
        {Fail("CHECK constraint failed: " + constraint.name,
              Quote(table.name) + " WHERE NOT (" + constraint.check + "\n)"),
         {}});
  }
  base::Append(
      EditText(table.name,
               Call("segue_add_constraint",
                    {"sql", Literal(ConstraintSql(table, constraint))})),
      statements);
  if (constraint.kind == ConstraintKind::kForeignKey) {
    // SQLite counts the foreign keys of a table from the last one in its text.
    statements.push_back(
        {Fail("FOREIGN KEY constraint failed: " + constraint.name,
              "pragma_foreign_key_check(" + Literal(table.name) +
                  ") WHERE fkid = 0"),
         {}});
  }
  return statements;
}

std::vector<Statement> DropStatements(const schema::TableName& table,
                                      const std::string& name) {
  return EditText(table.name,
                  Call("segue_drop_constraint", {"sql", Literal(name)}));
}

// Restores the very text that the constraint had, when the plan found it in the
// table.
std::vector<Statement> PutBack(const schema::Table* table,
                               const plan::DropConstraint& action) {
  const std::string& name = action.constraint.name;
  if (table == nullptr || table->definition.empty() ||
      !HasConstraint(table->definition, name)) {
    return AddStatements(action.table, action.constraint);
  }
  const ConstraintText found = FindConstraint(table->definition, name);
  if (!found.column.empty()) {
    const std::string text = ColumnDefinition(table->definition, found.column);
    return EditText(action.table.name,
                    Call("segue_column_text",
                         {"sql", Literal(found.column), Literal(text)}));
  }
  std::string removed;
  WithoutConstraint(table->definition, found, &removed);
  return EditText(
      action.table.name,
      Call("segue_text_behind",
           {"sql", std::to_string(found.item - 1), Literal(removed)}));
}

// The table has segue's columns before its constraints by then, so that none of
// them is where it was. No row is looked at.
std::vector<Statement> PutAtEnd(const plan::DropConstraint& action) {
  return EditText(
      action.table.name,
      Call("segue_add_constraint",
           {"sql", Literal(ConstraintSql(action.table, action.constraint))}));
}

std::string ColumnThen(const plan::DropConstraint& action,
                       const std::string& name) {
  for (const plan::Binding& binding : action.back->columns) {
    if (binding.name == name) return binding.column;
  }
  return name;
}

std::string HasNoParent(const plan::DropConstraint& action) {
  const schema::Reference& reference = action.constraint.reference;
  const std::string& parent =
      action.back->parent.empty() ? reference.table : action.back->parent;
  std::string given;
  std::string equal;
  for (std::size_t i = 0; i < action.constraint.columns.size(); ++i) {
    const std::string value =
        "c." + Quote(ColumnThen(action, action.constraint.columns[i]));
    given += value + " IS NOT NULL AND ";
    equal += (i == 0 ? "p." : " AND p.") + Quote(reference.columns.at(i)) +
             " = " + value;
  }
  return given + "NOT EXISTS (SELECT 1 FROM main." + Quote(parent) +
         " AS p WHERE " + equal + ")";
}

// Tells of the rows that the constraint would refuse, by the names that an undo
// begins with.
std::string RowsInTheWay(const plan::DropConstraint& action) {
  const Constraint& constraint = action.constraint;
  const bool check = constraint.kind == ConstraintKind::kCheck;
  if (!check && constraint.reference.columns.empty()) {
    throw Error(ErrorKind::kRefused,
                "undo_window: foreign key '" + constraint.name +
                    "' of table '" + action.table.name +
                    "' names no columns of '" + constraint.reference.table +
                    "', so that rows without a parent cannot be told")
        .WithHint("use undo_window: 0, with which complete is final");
  }
  const std::string table =
      action.back->table.empty() ? action.table.name : action.back->table;
  const std::string breaks =
      check
          ? "NOT (" + Bound({constraint.check, action.back->columns}, "c") + ")"
          : HasNoParent(action);
  return RowsText(action.table.name, table,
                  std::string("break ") + (check ? "check" : "foreign key") +
                      " '" + constraint.name + "'",
                  breaks);
}

// What the text of a column has besides the constraint may be another by the
// time of an undo.
void RefuseColumnText(const schema::Table* table,
                      const plan::DropConstraint& action) {
  const std::string& name = action.constraint.name;
  const bool alone = table != nullptr && !table->definition.empty() &&
                     HasConstraint(table->definition, name) &&
                     FindConstraint(table->definition, name).column.empty();
  if (alone) return;
  throw Error(ErrorKind::kRefused,
              "undo_window: constraint '" + name + "' of table '" +
                  action.table.name +
                  "' stands in the text of a column, which an undo cannot "
                  "bring back by itself")
      .WithHint("use undo_window: 0, with which complete is final");
}

}  // namespace

PlannedAction RenderOne(const plan::AddConstraint& action,
                        const RenderContext& context) {
  RequireInText(action.table, action.constraint, "add");
  PlannedAction planned =
      Change(context, Named("Add", action.constraint, action.table),
             RewriteTime(context, action.table, "reads every row"));
  planned.forward = AddStatements(action.table, action.constraint);
  planned.undo = DropStatements(action.table, action.constraint.name);
  planned.probe =
      "SELECT " + IsThere(action.table.name, action.constraint.name);
  planned.missing =
      GoneUnless(planned.probe, "constraint '" + action.constraint.name +
                                    "' of '" + action.table.name + "'");
  planned.trial = ConstraintTrialSql(action.table, action.trial, context);
  return planned;
}

PlannedAction RenderOne(const plan::ValidateConstraint& action,
                        const RenderContext&) {
  throw Error(ErrorKind::kRefused,
              "constraint '" + action.name + "' of table '" +
                  action.table.name +
                  "': SQLite proves a constraint when it is added");
}

PlannedAction RenderOne(const plan::DropConstraint& action,
                        const RenderContext& context) {
  RequireInText(action.table, action.constraint, "drop");
  PlannedAction planned =
      Change(context, Named("Drop", action.constraint, action.table),
             "milliseconds, any size");
  planned.forward = DropStatements(action.table, action.constraint.name);
  if (action.back) {
    RefuseColumnText(TableOf(context, action.table), action);
    planned.undo = PutAtEnd(action);
    planned.undo_objections = RowsInTheWay(action);
  } else {
    planned.undo = PutBack(TableOf(context, action.table), action);
  }
  planned.probe =
      "SELECT NOT " + IsThere(action.table.name, action.constraint.name);
  return planned;
}

PlannedAction RenderOne(const plan::RenameConstraint& action,
                        const RenderContext& context) {
  const Constraint& constraint = action.constraint;
  RequireInText(action.table, constraint, "rename");
  PlannedAction planned = Change(
      context,
      Named("Rename", constraint, action.table) + " to '" + action.to + "'",
      "milliseconds, any size");
  const auto rename = [&](const std::string& from, const std::string& head) {
    return EditText(
        action.table.name,
        Call("segue_rename_constraint", {"sql", Literal(from), Literal(head)}));
  };
  const schema::Table* table = TableOf(context, action.table);
  std::string head = "CONSTRAINT " + BareOrQuoted(constraint.name) + " ";
  if (table != nullptr && HasConstraint(table->definition, constraint.name)) {
    head = ConstraintHead(FindConstraint(table->definition, constraint.name));
  }
  planned.forward =
      rename(constraint.name, "CONSTRAINT " + BareOrQuoted(action.to) + " ");
  planned.undo = rename(action.to, head);
  planned.probe = "SELECT " + IsThere(action.table.name, action.to);
  return planned;
}

PlannedAction RenderOne(const plan::CarryOver& action, const RenderContext&) {
  throw Error(ErrorKind::kInternal, "table '" + action.table.name +
                                        "': SQLite has nothing to carry over");
}

PlannedAction RenderOne(const plan::RebindViews& action, const RenderContext&) {
  throw Error(ErrorKind::kInternal,
              "table '" + action.table.name + "': SQLite binds no view anew");
}

PlannedAction RenderOne(const plan::ReshapeView& action, const RenderContext&) {
  throw Error(
      ErrorKind::kInternal,
      "table '" + action.table.name + "': SQLite gives no view another shape");
}

PlannedAction RenderOne(const plan::GiveRights& action, const RenderContext&) {
  throw Error(ErrorKind::kInternal,
              "table '" + action.table.name + "': SQLite has no rights");
}

PlannedAction RenderOne(const plan::CopyViews& action,
                        const RenderContext& context) {
  return RenderOne(static_cast<const plan::RebindViews&>(action), context);
}

PlannedAction RenderOne(const plan::GuardFill& action, const RenderContext&) {
  throw Error(ErrorKind::kInternal,
              "table '" + action.table.name + "': SQLite guards no fill");
}

PlannedAction RenderOne(const plan::UnguardFill& action,
                        const RenderContext& context) {
  return RenderOne(static_cast<const plan::GuardFill&>(action), context);
}

PlannedAction RenderOne(const plan::SetReplicaIdentity& action,
                        const RenderContext&) {
  throw Error(ErrorKind::kRefused, "table '" + action.table.name +
                                       "': SQLite has no replica identity");
}

PlannedAction RenderOne(const plan::AttachTables&, const RenderContext&) {
  throw Error(ErrorKind::kInternal, "SQLite has no partitioned tables");
}

PlannedAction RenderOne(const plan::UniteKeys&, const RenderContext&) {
  throw Error(ErrorKind::kInternal, "SQLite has no partitioned tables");
}

PlannedAction RenderOne(const plan::UniteNumbers&, const RenderContext&) {
  throw Error(ErrorKind::kInternal, "SQLite has no partitioned tables");
}

PlannedAction RenderOne(const plan::LockTables&, const RenderContext&) {
  throw Error(ErrorKind::kInternal, "SQLite locks no single tables");
}

namespace {

Error NoSequences(const schema::TableName& table) {
  return {ErrorKind::kInternal,
          "table '" + table.name + "': SQLite has no sequences"};
}

}  // namespace

PlannedAction RenderOne(const plan::DetachSequence& action,
                        const RenderContext&) {
  throw NoSequences(action.table);
}

PlannedAction RenderOne(const plan::AttachSequence& action,
                        const RenderContext&) {
  throw NoSequences(action.table);
}

PlannedAction RenderOne(const plan::RestartSequence& action,
                        const RenderContext&) {
  throw NoSequences(action.table);
}

}  // namespace segue::sqlite
