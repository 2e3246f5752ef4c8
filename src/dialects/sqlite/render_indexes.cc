// Renders actions on indexes.
#include "base/text.h"
#include "dialects/sqlite/constraint_trial.h"
#include "dialects/sqlite/index_text.h"
#include "dialects/sqlite/missing.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/render.h"
#include "dialects/sqlite/some_keys.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

// So many groups show the pattern.
constexpr const char* kShownDuplicates = "5";

std::string HasIndex(const std::string& name) {
  return "EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name "
         "= " +
         Literal(name) + ")";
}

std::string PartSql(const schema::IndexColumn& part) {
  std::string sql = part.name.empty() ? part.expression : Quote(part.name);
  if (!part.collation.empty()) sql += " COLLATE " + Quote(part.collation);
  if (part.descending) sql += " DESC";
  return sql;
}

// The structured fields are used, because the definition may have earlier names
// of columns.
std::string CreateSql(const schema::TableName& table,
                      const schema::Index& index, const std::string& name) {
  if (!index.include.empty()) {
    throw Error(ErrorKind::kRefused,
                "index '" + name + "': SQLite has no INCLUDE columns");
  }
  return CreateIndexSql(table.name, index, Quote(name));
}

// The index is created with its own text, if that is known.
std::string RecreateSql(const schema::TableName& table,
                        const schema::Index& index) {
  return index.definition.empty() ? CreateSql(table, index, index.name)
                                  : index.definition;
}

std::string DropSql(const std::string& name) {
  return "DROP INDEX " + Quote(name);
}

void RequireOwnIndex(const schema::TableName& table,
                     const schema::Index& index) {
  if (!index.primary && index.constraint.empty()) return;
  throw Error(ErrorKind::kRefused,
              "index '" + index.name + "' of table '" + table.name +
                  "' belongs to a PRIMARY KEY or UNIQUE of the table, which "
                  "SQLite cannot take away");
}

// Returns groups of rows that a unique index would refuse; empty for another
// index.
std::string Duplicates(const std::string& table, const schema::Index& index) {
  if (!index.unique) return "";
  std::vector<std::string> keys;
  std::vector<std::string> names;
  std::vector<std::string> values;
  std::vector<std::string> given;
  for (const schema::IndexColumn& part : index.columns) {
    const std::string value =
        part.name.empty() ? "(" + part.expression + "\n)" : Quote(part.name);
    keys.push_back(value + (part.collation.empty()
                                ? ""
                                : " COLLATE " + Quote(part.collation)));
    names.push_back(part.name.empty() ? part.expression : part.name);
    values.push_back("substr(max(" + value + "), 1, 100)");
    given.push_back(value + " IS NOT NULL");
  }
  if (!index.predicate.empty()) given.push_back("(" + index.predicate + "\n)");
  return "SELECT " + Literal("(" + base::Join(names, ", ") + ")=(") + " || " +
         base::Join(values, " || ', ' || ") +
         " || ') is in ' || count(*) || ' rows' FROM " + Quote(table) +
         " WHERE " + base::Join(given, " AND ") + " GROUP BY " +
         base::Join(keys, ", ") +
         " HAVING count(*) > 1 ORDER BY count(*) DESC, 1 LIMIT " +
         kShownDuplicates;
}

// Empty when the columns do not exist yet, so that only the build finds such
// rows.
std::string DuplicatesSql(const schema::Table* table,
                          const schema::Index& index) {
  if (table == nullptr) return "";
  for (const schema::IndexColumn& part : index.columns) {
    if (!part.name.empty() && table->FindColumn(part.name) == nullptr) {
      return "";
    }
  }
  return Duplicates(table->name.name, index);
}

}  // namespace

std::string CreateIndexSql(const std::string& table, const schema::Index& index,
                           const std::string& name) {
  std::vector<std::string> parts;
  for (const schema::IndexColumn& part : index.columns) {
    parts.push_back(PartSql(part));
  }
  std::string sql = index.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ";
  sql += name + " ON " + Quote(table) + " (" + base::Join(parts, ", ") + ")";
  if (!index.predicate.empty()) sql += " WHERE " + index.predicate;
  return sql;
}

PlannedAction RenderOne(const plan::CreateIndex& action,
                        const RenderContext& context) {
  PlannedAction planned = Change(
      context,
      "Create index '" + action.index.name + "' on '" + action.table.name + "'",
      RewriteTime(context, action.table, "blocks writers while it is built"));
  planned.forward = {
      {CreateSql(action.table, action.index, action.index.name), {}}};
  planned.undo = {{DropSql(action.index.name), {}}};
  planned.probe = "SELECT " + HasIndex(action.index.name);
  planned.missing =
      GoneUnless(planned.probe, "index '" + action.index.name + "' of '" +
                                    action.table.name + "'");
  if (!action.trial) {
    planned.objections =
        DuplicatesSql(TableOf(context, action.table), action.index);
  }
  planned.trial = ConstraintTrialSql(action.table, action.trial, context);
  return planned;
}

PlannedAction RenderOne(const plan::DropIndex& action,
                        const RenderContext& context) {
  RequireOwnIndex(action.table, action.index);
  PlannedAction planned =
      Change(context, "Drop index '" + action.index.name + "'",
             "milliseconds to seconds, frees its pages");
  planned.forward = {{DropSql(action.index.name), {}}};
  planned.undo = {{RecreateSql(action.table, action.index), {}}};
  if (action.back && action.index.unique) {
    // It may have stayed away after an earlier undo.
    planned.forward = {
        {"DROP INDEX IF EXISTS " + Quote(action.index.name), {}}};
    planned.undo.back().only_if = "SELECT NOT EXISTS (" +
                                  Duplicates(action.table.name, action.index) +
                                  ")";
  }
  planned.probe = "SELECT NOT " + HasIndex(action.index.name);
  planned.reversible = !action.alone;
  return planned;
}

// SQLite has one writer, who builds and checks all the same. What is in the way
// is told beforehand.
PlannedAction RenderOne(const plan::PrepareUndo& action,
                        const RenderContext& context) {
  const std::string& table = action.table.name;
  PlannedAction planned;
  if (action.index) {
    planned = Change(context,
                     "On an undo, look for rows that index '" +
                         action.index->name + "' refuses",
                     "milliseconds, any size");
    planned.undo_objections = Duplicates(table, *action.index);
  } else if (action.foreign_key) {
    throw Error(ErrorKind::kInternal,
                "table '" + table + "': SQLite moves no foreign key");
  } else {
    const std::string& column = action.check->columns.at(0);
    planned = Change(
        context,
        "On an undo, look for NULL in '" + column + "' of '" + table + "'",
        "milliseconds, any size");
    planned.undo_objections =
        RowsText(table, table, "have NULL in '" + column + "'",
                 "c." + Quote(column) + " IS NULL");
  }
  if (!action.asks) planned.undo_objections.clear();
  planned.probe = "SELECT 1";
  return planned;
}

PlannedAction RenderOne(const plan::RenameIndex& action,
                        const RenderContext& context) {
  RequireOwnIndex(action.table, action.index);
  PlannedAction planned =
      Change(context,
             "Rename index '" + action.index.name + "' to '" + action.to + "'",
             RewriteTime(context, action.table, "builds it again"));
  planned.forward = {{DropSql(action.index.name), {}},
                     {CreateSql(action.table, action.index, action.to), {}}};
  planned.undo = {{DropSql(action.to), {}},
                  {RecreateSql(action.table, action.index), {}}};
  planned.probe = "SELECT " + HasIndex(action.to) + " AND NOT " +
                  HasIndex(action.index.name);
  return planned;
}

}  // namespace segue::sqlite
