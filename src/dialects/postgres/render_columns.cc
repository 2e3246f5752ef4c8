// Renders ADD, DROP, RENAME and ALTER COLUMN.
#include <algorithm>

#include "base/text.h"
#include "dialects/postgres/column_text.h"
#include "dialects/postgres/holders.h"
#include "dialects/postgres/inventory.h"
#include "dialects/postgres/missing.h"
#include "dialects/postgres/render.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/search_path.h"
#include "dialects/postgres/some_keys.h"
#include "dialects/postgres/sql.h"
#include "plan/names.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

void RequireRoom(const schema::TableName& name, const RenderContext& context) {
  const schema::Table* table = context.schema.FindTable(name.name);
  if (table == nullptr || table->columns_had < kMaxColumns) return;
  throw Error(ErrorKind::kRefused,
              "table '" + name.name + "' has had " +
                  std::to_string(table->columns_had) +
                  " columns, and dropped ones count: no more can be added")
      .WithHint("rebuild the table first (pg_dump and restore, or pg_repack)");
}

// Returns the subcommands that turn one definition into the other.
std::vector<std::string> Changes(const schema::Column& from,
                                 const schema::Column& to) {
  const std::string alter = "ALTER COLUMN " + Ident(to.physical()) + " ";
  std::vector<std::string> changes;
  if (from.type != to.type) changes.push_back(alter + "TYPE " + to.type);
  if (from.default_sql != to.default_sql) {
    changes.push_back(to.default_sql ? alter + "SET DEFAULT " + *to.default_sql
                                     : alter + "DROP DEFAULT");
  }
  if (from.nullable != to.nullable) {
    changes.push_back(alter + (to.nullable ? "DROP NOT NULL" : "SET NOT NULL"));
  }
  return changes;
}

std::vector<Statement> AlterStatements(const schema::TableName& table,
                                       const schema::Column& from,
                                       const schema::Column& to) {
  std::vector<std::string> sql;
  const std::vector<std::string> changes = Changes(from, to);
  if (!changes.empty()) {
    sql.push_back(AlterTable(table) + base::Join(changes, ", "));
  }
  if (from.comment != to.comment) {
    sql.push_back(ColumnCommentSql(table, to.physical(), to.comment));
  }
  return Statements(std::move(sql));
}

std::string DescribeAlter(const plan::AlterColumn& action) {
  std::vector<std::string> parts;
  if (action.before.type != action.after.type) {
    parts.push_back("set type " + action.after.type);
  }
  if (action.before.nullable != action.after.nullable) {
    parts.push_back(action.after.nullable ? "allow NULL" : "set NOT NULL");
  }
  if (action.before.default_sql != action.after.default_sql) {
    parts.push_back(action.after.default_sql
                        ? "set default " + *action.after.default_sql
                        : "drop default");
  }
  if (action.before.comment != action.after.comment) {
    parts.push_back("set comment");
  }
  return "Alter column '" + action.after.name + "' of '" + action.table.name +
         "': " + (parts.empty() ? "nothing" : base::Join(parts, ", "));
}

// The server prints a default in its own form, so the probe can only ask
// whether the default is still the old one.
std::string DefaultChanged(const plan::AlterColumn& action) {
  const auto& before = action.before.default_sql;
  const auto& after = action.after.default_sql;
  if (!before || !after || before == after) return "";
  return " AND NOT EXISTS (SELECT FROM pg_catalog.pg_attrdef d WHERE "
         "d.adrelid = attrelid AND d.adnum = attnum AND "
         "pg_catalog.pg_get_expr(d.adbin, d.adrelid) = " +
         Literal(*before) + ")";
}

std::string CommentChanged(const plan::AlterColumn& action) {
  if (action.before.comment == action.after.comment) return "";
  return " AND coalesce(" + CommentOf("attrelid", "pg_class", "attnum") +
         ", '') = " + Literal(action.after.comment);
}

// Somebody else's comment stays.
std::string HasItsComment(const plan::AlterColumn& action) {
  return "SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = "
         "pg_catalog.to_regclass(" +
         Literal(Name(action.table)) +
         ")::oid AND attname = " + Literal(action.after.physical()) +
         " AND NOT attisdropped" + CommentChanged(action) + ")";
}

std::string TypeChanged(const plan::AlterColumn& action) {
  if (action.before.type == action.after.type) return "";
  return " AND pg_catalog.format_type(atttypid, atttypmod) <> " +
         Literal(action.before.type);
}

std::string AlterProbe(const plan::AlterColumn& action) {
  const std::string row =
      "attrelid = pg_catalog.to_regclass(" + Literal(Name(action.table)) +
      ")::oid AND attname = " + Literal(action.after.physical()) +
      " AND NOT attisdropped";
  const std::string printed = DefaultChanged(action) + TypeChanged(action);
  const std::string changed =
      "EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE " + row +
      " AND attnotnull = " + (action.after.nullable ? "false" : "true") +
      " AND atthasdef = " + (action.after.default_sql ? "true" : "false") +
      CommentChanged(action) + printed + ")";
  // Names are printed as Inspect has read them.
  return printed.empty() ? "SELECT " + changed
                         : WithQualifiedNames(action.table.schema, changed);
}

// True for a column that the contract drops again: one of segue's own, or the
// copy under the new name of a column that is renamed in place.
bool GoesWithContract(const plan::AddColumn& action,
                      const plan::Motions& motions) {
  const std::string& name = action.column.physical();
  if (name.starts_with(plan::kOurs)) return true;
  const auto& all = motions.Columns();
  return std::any_of(all.begin(), all.end(), [&](const auto* motion) {
    return motion->table == action.table && motion->keeps_old_column &&
           motion->new_column && motion->new_column->physical() == name;
  });
}

// Fails where what the default names is not there any more. The default is not
// evaluated.
std::string DefaultStands(const std::string& default_sql) {
  return "SELECT '', 0 FROM (SELECT (" + default_sql +
         "\n)) d(value) WHERE false";
}

// Brings NOT NULL back where no row has NULL. The check has proven it, unless
// the seal did not end.
std::vector<Statement> UndoProven(const plan::AlterColumn& action) {
  schema::Column before = action.before;
  before.nullable = true;
  std::vector<Statement> sql =
      AlterStatements(action.table, action.after, before);
  const std::string column = Ident(action.after.physical());
  sql.push_back(
      {AlterTable(action.table) + "ALTER COLUMN " + column + " SET NOT NULL",
       {},
       "SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE "
       "conrelid = pg_catalog.to_regclass(" +
           Literal(Name(action.table)) +
           ")::oid AND conname = " + Literal(action.proven_by) +
           " AND convalidated) THEN true ELSE NOT EXISTS (SELECT FROM " +
           Name(action.table) + " WHERE " + column + " IS NULL) END"});
  sql.push_back({AlterTable(action.table) + "DROP CONSTRAINT IF EXISTS " +
                     Ident(action.proven_by),
                 {}});
  return sql;
}

}  // namespace

std::string RowsWithNullSql(const schema::TableName& table,
                            const std::string& column, const std::string& shown,
                            const RenderContext& context) {
  const std::string rows =
      " FROM " + Name(table) + " AS t WHERE t." + Ident(column) + " IS NULL";
  return "SELECT pg_catalog.format('%s rows of %L have NULL in %L: %s', n, " +
         Literal(table.name) + ", " + Literal(shown) + ", " +
         SomeKeys(table, table, rows, context) +
         ") FROM (SELECT pg_catalog.count(*) AS n" + rows +
         ") counted WHERE n > 0";
}

PlannedAction RenderOne(const plan::AddColumn& action,
                        const RenderContext& context) {
  RequireRoom(action.table, context);
  const std::string& name = action.column.physical();
  PlannedAction planned;
  planned.description =
      "Add column '" + name + "' to '" + action.table.name + "'";
  // The second default is set after the column is added, so the rows that are
  // there do not get it.
  const std::string then = action.then_default
                               ? ", ALTER COLUMN " + Ident(name) +
                                     " SET DEFAULT " + *action.then_default
                               : "";
  planned.forward.push_back({AlterTable(action.table) + "ADD COLUMN " +
                                 ColumnSql(action.column) + then,
                             {}});
  if (!action.column.comment.empty()) {
    planned.forward.push_back(
        {ColumnCommentSql(action.table, name, action.column.comment), {}});
  }
  // A rollback must not fail because somebody has removed the column already.
  planned.undo.push_back(
      {AlterTable(action.table) + "DROP COLUMN IF EXISTS " + Ident(name), {}});
  planned.probe = ColumnExists(action.table, name);
  planned.missing = GoneUnless(
      planned.probe, "column '" + name + "' of '" + action.table.name + "'");
  planned.holders = ColumnHolders(action.table, name,
                                  GoesWithContract(action, context.motions));
  planned.lock = Lock(kAccessExclusive, action.table, context);
  return planned;
}

PlannedAction RenderOne(const plan::DropColumn& action,
                        const RenderContext& context) {
  const std::string& name = action.column.physical();
  PlannedAction planned;
  planned.description = std::string(action.of_ours ? "Remove segue's column '"
                                                   : "Drop column '") +
                        name + "' from '" + action.table.name + "'";
  planned.forward.push_back(
      {AlterTable(action.table) + "DROP COLUMN " + Ident(name), {}});
  planned.probe = "SELECT NOT (" + ColumnExists(action.table, name) + ")";
  planned.lock = Lock(kAccessExclusive, action.table, context);
  planned.reversible = false;
  planned.heir = action.heir;
  if (!action.of_ours) {
    ListColumn(action.table, name, planned);
    ListTriggers(action.table, name, planned);
  }
  return planned;
}

PlannedAction RenderOne(const plan::RenameColumn& action,
                        const RenderContext& context) {
  const auto rename = [&](const std::string& from, const std::string& to) {
    return AlterTable(action.table) + "RENAME COLUMN " + Ident(from) + " TO " +
           Ident(to);
  };
  PlannedAction planned;
  planned.description = "Rename column '" + action.from + "' of '" +
                        action.table.name + "' to '" + action.to + "'";
  planned.forward.push_back({rename(action.from, action.to), {}});
  planned.undo.push_back({rename(action.to, action.from), {}});
  planned.probe = "SELECT (" + ColumnExists(action.table, action.to) +
                  ") AND NOT (" + ColumnExists(action.table, action.from) + ")";
  planned.lock = Lock(kAccessExclusive, action.table, context);
  // A copy that is put aside is dropped later.
  const bool of_user = !action.from.starts_with(plan::kOurs);
  const bool put_aside = of_user && action.to.starts_with(plan::kOurs);
  planned.heir = action.heir;
  if (put_aside) {
    ListColumn(action.table, action.from, planned);
  } else if (of_user) {
    ListTriggers(action.table, action.from, planned);
  }
  return planned;
}

PlannedAction RenderOne(const plan::AlterColumn& action,
                        const RenderContext& context) {
  const bool scans = action.before.nullable && !action.after.nullable;
  const bool only_comment = Changes(action.before, action.after).empty();
  PlannedAction planned;
  planned.description = DescribeAlter(action);
  planned.forward = AlterStatements(action.table, action.before, action.after);
  if (action.before.type == action.after.type) {
    planned.undo = AlterStatements(action.table, action.after, action.before);
    if (action.before.comment != action.after.comment) {
      planned.undo.back().only_if = HasItsComment(action);
    }
  } else {
    planned.reversible = false;
  }
  if (!action.proven_by.empty()) {
    planned.undo = UndoProven(action);
  } else if (!action.before.nullable && action.after.nullable) {
    planned.undo_objections = RowsWithNullSql(
        action.table, action.after.physical(), action.after.name, context);
  }
  if (action.before.default_sql &&
      action.before.default_sql != action.after.default_sql) {
    planned.missing = DefaultStands(*action.before.default_sql);
    planned.holders = planned.missing;
  }
  planned.probe = AlterProbe(action);
  planned.lock =
      Lock(only_comment ? kShareUpdateExclusive : kAccessExclusive,
           action.table, context,
           scans ? "milliseconds where a validated check says the same, else "
                   "a scan of the table"
                 : kMilliseconds);
  return planned;
}

}  // namespace segue::postgres
