// Renders actions on columns: adding, dropping, renaming, and changing by an
// edit of the table's text.
#include "base/append.h"
#include "base/text.h"
#include "dialects/sqlite/create_table_text.h"
#include "dialects/sqlite/missing.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/render.h"
#include "dialects/sqlite/schema_edit.h"
#include "dialects/sqlite/some_keys.h"
#include "dialects/sqlite/text_edit.h"
#include "dialects/sqlite/tokens.h"
#include "plan/names.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

constexpr char kInstant[] = "milliseconds, any size";

std::string AlterTable(const schema::TableName& table) {
  return "ALTER TABLE " + Quote(table.name) + " ";
}

std::string HasColumn(const std::string& table, const std::string& column) {
  return "EXISTS (SELECT 1 FROM pragma_table_xinfo(" + Literal(table) +
         ") WHERE lower(name) = lower(" + Literal(column) + "))";
}

std::string ColumnSql(const schema::Column& column, bool strict) {
  std::string sql = Quote(column.name);
  const std::string type = strict ? StrictType(column.type) : column.type;
  if (!type.empty()) sql += " " + type;
  if (!column.collation.empty()) sql += " COLLATE " + Quote(column.collation);
  if (!column.generated_sql.empty()) {
    // A stored generated column cannot be added to a table.
    sql += " GENERATED ALWAYS AS (" + column.generated_sql + ") VIRTUAL";
  }
  if (!column.nullable) sql += " NOT NULL";
  if (column.default_sql) sql += " DEFAULT " + DefaultText(*column.default_sql);
  return sql;
}

// Returns the edit that turns `from` into `to`, as an expression over `sql`.
std::string EditExpression(const schema::Column& from,
                           const schema::Column& to) {
  const std::string name = Literal(to.name);
  std::string text = "sql";
  if (from.nullable != to.nullable) {
    text = Call(to.nullable ? "segue_drop_not_null" : "segue_set_not_null",
                {text, name});
  }
  if (from.default_sql == to.default_sql) return text;
  if (!to.default_sql) return Call("segue_drop_default", {text, name});
  return Call("segue_set_default",
              {text, name, Literal(DefaultText(*to.default_sql))});
}

// An edit of the text adds NOT NULL without looking at the rows, so they are
// checked first.
Statement RequireNoNull(const std::string& table, const std::string& column) {
  return {"SELECT segue_fail(" +
              Literal("NOT NULL constraint failed: " + table + "." + column) +
              ") WHERE EXISTS (SELECT 1 FROM " + Quote(table) + " WHERE " +
              Quote(column) + " IS NULL)",
          {}};
}

// A row that is older than its column does not store the column's value. It
// reads the default from the text, and would change with it. DROP COLUMN writes
// every row anew and whole, and fires no trigger.
std::vector<Statement> StoreDefaults(const schema::TableName& table) {
  return {
      {AlterTable(table) + "ADD COLUMN segue_filler", {}},
      {AlterTable(table) + "DROP COLUMN segue_filler", {}},
  };
}

// A NOT NULL column without a default was never added to a table with rows.
bool MayBeUnstored(const schema::Column& before) {
  return before.nullable || before.default_sql.has_value();
}

// Restores the very text that the table had, when the column is as the plan
// found it.
std::string UndoExpression(const schema::Table* table,
                           const plan::AlterColumn& action) {
  const schema::Column* known =
      table == nullptr ? nullptr : table->FindColumn(action.before.name);
  const bool as_found = known != nullptr && !table->definition.empty() &&
                        known->nullable == action.before.nullable &&
                        known->type == action.before.type &&
                        known->default_sql == action.before.default_sql;
  if (!as_found) return EditExpression(action.after, action.before);
  const std::string text =
      ColumnDefinition(table->definition, action.before.name);
  return Call("segue_column_text",
              {"sql", Literal(action.before.name), Literal(text)});
}

std::string AlterProbe(const plan::AlterColumn& action) {
  const schema::Column& after = action.after;
  const std::string value =
      after.default_sql ? Literal(*after.default_sql) : "NULL";
  return "SELECT EXISTS (SELECT 1 FROM pragma_table_xinfo(" +
         Literal(action.table.name) + ") WHERE lower(name) = lower(" +
         Literal(after.name) +
         ") AND \"notnull\" = " + (after.nullable ? "0" : "1") +
         " AND dflt_value IS " + value + ")";
}

// Appends the edit that writes the name in a text as the text had it before the
// migration.
void SpellAsFound(const char* type, const std::string& object,
                  const std::string& text, const std::string& column,
                  std::vector<Statement>* statements) {
  if (schema::ReferencedColumns(text, {column}).empty()) return;
  base::Append(EditSchema({"UPDATE sqlite_schema SET sql = " +
                               Call("segue_spell_like",
                                    {"sql", Literal(text), Literal(column)}) +
                               " WHERE type = " + Literal(type) +
                               " AND name = " + Literal(object),
                           {}}),
               *statements);
}

// A new name that needs quotes leaves them behind when it goes.
std::vector<Statement> SpellAllAsFound(const RenderContext& context,
                                       const plan::RenameColumn& action) {
  std::vector<Statement> statements;
  const schema::Table* renamed = TableOf(context, action.table);
  const bool quoted = BareOrQuoted(action.to) != action.to;
  if (!quoted || renamed == nullptr) return statements;
  if (renamed->FindColumn(action.from) == nullptr) return statements;
  for (const schema::Table& table : context.schema.tables) {
    SpellAsFound(table.kind == "view" ? "view" : "table", table.name.name,
                 table.definition, action.from, &statements);
    for (const schema::Index& index : table.indexes) {
      SpellAsFound("index", index.name, index.definition, action.from,
                   &statements);
    }
    for (const schema::Trigger& trigger : table.triggers) {
      SpellAsFound("trigger", trigger.name, trigger.definition, action.from,
                   &statements);
    }
  }
  return statements;
}

[[noreturn]] void RefuseComment(const schema::TableName& table,
                                const schema::Column& column) {
  throw Error(ErrorKind::kRefused,
              "column '" + column.name + "' of table '" + table.name +
                  "': SQLite keeps no comments on columns");
}

void RequireAlterable(const plan::AlterColumn& action) {
  if (action.before.comment == action.after.comment) return;
  RefuseComment(action.table, action.after);
}

// What others have made since the start was not looked at by the plan. The
// contract edits the texts of triggers, so only their names are compared.
std::string ListTriggers(const schema::TableName& table) {
  return "SELECT 'trigger ' || quote(name) || ' of ' || quote(tbl_name), NULL, "
         "'trigger of the table' FROM main.sqlite_schema WHERE type = "
         "'trigger' AND tbl_name = " +
         Literal(table.name) +
         " COLLATE NOCASE AND substr(name, 1, 6) <> 'segue_' ORDER BY 1";
}

}  // namespace

PlannedAction RenderOne(const plan::AddColumn& action,
                        const RenderContext& context) {
  if (!action.column.comment.empty()) {
    RefuseComment(action.table, action.column);
  }
  PlannedAction planned = Change(
      context,
      "Add column '" + action.column.name + "' to '" + action.table.name + "'",
      kInstant);
  const schema::Table* table = TableOf(context, action.table);
  const bool strict = table != nullptr && IsStrict(table->definition);
  // A row that is older than its column always shows the column's default.
  schema::Column column = action.column;
  if (action.then_default) column.default_sql = action.then_default;
  planned.forward = {
      {AlterTable(action.table) + "ADD COLUMN " + ColumnSql(column, strict),
       {}}};
  planned.undo = {
      {AlterTable(action.table) + "DROP COLUMN " + Quote(action.column.name),
       {}}};
  planned.probe = "SELECT " + HasColumn(action.table.name, action.column.name);
  planned.missing =
      GoneUnless(planned.probe, "column '" + action.column.name + "' of '" +
                                    action.table.name + "'");
  return planned;
}

PlannedAction RenderOne(const plan::DropColumn& action,
                        const RenderContext& context) {
  PlannedAction planned =
      Change(context,
             "Drop column '" + action.column.name + "' from '" +
                 action.table.name + "'",
             RewriteTime(context, action.table, "writes every row anew"));
  planned.forward = {
      {AlterTable(action.table) + "DROP COLUMN " + Quote(action.column.name),
       {}}};
  planned.reversible = false;
  if (!action.of_ours) planned.inventory = ListTriggers(action.table);
  planned.probe =
      "SELECT NOT " + HasColumn(action.table.name, action.column.name);
  return planned;
}

PlannedAction RenderOne(const plan::RenameColumn& action,
                        const RenderContext& context) {
  PlannedAction planned =
      Change(context,
             "Rename column '" + action.from + "' of '" + action.table.name +
                 "' to '" + action.to + "'",
             kInstant);
  const std::string rename = AlterTable(action.table) + "RENAME COLUMN ";
  planned.forward = {
      {rename + Quote(action.from) + " TO " + BareOrQuoted(action.to), {}}};
  planned.undo = {
      {rename + Quote(action.to) + " TO " + BareOrQuoted(action.from), {}}};
  base::Append(SpellAllAsFound(context, action), planned.undo);
  if (!action.from.starts_with(plan::kOurs)) {
    planned.inventory = ListTriggers(action.table);
  }
  planned.probe = "SELECT " + HasColumn(action.table.name, action.to) +
                  " AND NOT " + HasColumn(action.table.name, action.from);
  return planned;
}

PlannedAction RenderOne(const plan::AlterColumn& action,
                        const RenderContext& context) {
  RequireAlterable(action);
  const schema::Column& before = action.before;
  const schema::Column& after = action.after;
  const bool gains_not_null = before.nullable && !after.nullable;
  const bool stores =
      before.default_sql != after.default_sql && MayBeUnstored(before);
  std::string hold = kInstant;
  if (gains_not_null)
    hold = RewriteTime(context, action.table, "reads every row");
  if (stores)
    hold = RewriteTime(context, action.table, "writes every row anew");
  PlannedAction planned = Change(
      context,
      "Alter column '" + after.name + "' of '" + action.table.name + "'", hold);
  if (gains_not_null) {
    planned.forward.push_back(RequireNoNull(action.table.name, after.name));
  }
  if (stores) base::Append(StoreDefaults(action.table), planned.forward);
  base::Append(EditText(action.table.name, EditExpression(before, after)),
               planned.forward);
  const bool proves = !action.proven_by.empty();
  if (!before.nullable && after.nullable && !proves) {
    planned.undo.push_back(RequireNoNull(action.table.name, after.name));
    planned.undo_objections = RowsText(action.table.name, action.table.name,
                                       "have NULL in '" + after.name + "'",
                                       "c." + Quote(after.name) + " IS NULL");
  }
  base::Append(EditText(action.table.name,
                        UndoExpression(TableOf(context, action.table), action)),
               planned.undo);
  if (proves) {
    for (Statement& statement : planned.undo) {
      statement.only_if = "SELECT NOT EXISTS (SELECT 1 FROM " +
                          Quote(action.table.name) + " WHERE " +
                          Quote(after.name) + " IS NULL)";
    }
  }
  planned.probe = AlterProbe(action);
  return planned;
}

}  // namespace segue::sqlite
