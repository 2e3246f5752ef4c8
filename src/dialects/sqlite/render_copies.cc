// Renders the copy of a table and the exchange of the two. Everything that
// hangs on a table names it in its text, so that it follows the name; only
// triggers and indexes of the table itself go with it.
#include <algorithm>

#include "base/append.h"
#include "base/text.h"
#include "dialects/sqlite/create_table_text.h"
#include "dialects/sqlite/index_text.h"
#include "dialects/sqlite/missing.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/render.h"
#include "dialects/sqlite/schema_edit.h"
#include "dialects/sqlite/table_facts.h"
#include "dialects/sqlite/table_motion.h"
#include "dialects/sqlite/tokens.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

constexpr char kInstant[] = "milliseconds, any size";

std::string HasTable(const std::string& name) {
  return "EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name "
         "= " +
         Literal(name) + ")";
}

// Returns the text of the table with its columns in another order. What stands
// between the definitions stays in its place.
std::string WithOrder(const std::string& sql,
                      const std::vector<std::string>& present,
                      const std::vector<std::string>& wanted) {
  std::string ordered;
  std::size_t at = 0;
  for (std::size_t i = 0; i < present.size(); ++i) {
    const std::string definition = ColumnDefinition(sql, present[i]);
    const std::size_t begin = sql.find(definition, at);
    ordered += sql.substr(at, begin - at) + ColumnDefinition(sql, wanted[i]);
    at = begin + definition.size();
  }
  return ordered + sql.substr(at);
}

// The text begins with CREATE TABLE and the name.
std::string CopySql(const plan::CopyTable& action) {
  const std::string& sql = action.table.definition;
  const std::vector<Token> tokens = Tokenize(sql);
  const auto body =
      std::find_if(tokens.begin(), tokens.end(),
                   [](const Token& token) { return token.IsSymbol('('); });
  if (tokens.size() < 2 || !tokens[1].Is("TABLE") || body == tokens.end()) {
    throw Error(ErrorKind::kRefused,
                "table '" + action.table.name.name +
                    "' is not one of rows and columns that a copy could have");
  }
  const std::string ordered =
      WithOrder(sql, action.table.ColumnNames(), action.columns);
  return "CREATE TABLE " + Quote(action.copy) + ordered.substr(body->begin);
}

struct Names {
  std::string table;
  std::string taker;  // has the name of the table afterwards
  std::string leave;  // the name of the other one afterwards
};

// Gives each of the indexes the name of the other one: no index is built again.
// Both are on the tables by their new names by then.
void ExchangeIndexes(const plan::SwapTables& action, const schema::Table& table,
                     const Names& names, std::vector<Statement>* statements) {
  for (const plan::IndexPair& pair : action.indexes) {
    const schema::Index& index = *table.FindIndex(pair.name);
    const std::string other =
        CreateIndexSql(names.leave, index, Quote(pair.copy));
    const std::string is_copy =
        "CASE name WHEN " + Literal(pair.copy) + " THEN ";
    Statement edit{"UPDATE sqlite_schema SET sql = " + is_copy +
                       Literal(index.definition) + " ELSE " + Literal(other) +
                       " END, name = " + is_copy + Literal(pair.name) +
                       " ELSE " + Literal(pair.copy) +
                       " END WHERE type = 'index' AND name IN (" +
                       Literal(pair.name) + ", " + Literal(pair.copy) + ")",
                   2};
    base::Append(EditSchema(std::move(edit)), *statements);
  }
}

// A rename in the old way leaves the texts of others alone.
void ExchangeTables(const schema::Table& table, const Names& names,
                    std::vector<Statement>* statements) {
  const auto rename = [](const std::string& from, const std::string& to) {
    return Statement{"ALTER TABLE " + Quote(from) + " RENAME TO " + Quote(to),
                     {}};
  };
  statements->push_back({"PRAGMA legacy_alter_table = ON", {}});
  statements->push_back(rename(names.table, names.leave));
  statements->push_back(rename(names.taker, names.table));
  statements->push_back({"PRAGMA legacy_alter_table = OFF", {}});
  if (!CountsUp(table)) return;
  statements->push_back(
      {"DELETE FROM sqlite_sequence WHERE name = " + Literal(names.table), {}});
  statements->push_back(
      {"INSERT INTO sqlite_sequence(name, seq) SELECT " + Literal(names.table) +
           ", seq FROM sqlite_sequence WHERE name = " + Literal(names.leave),
       {}});
}

std::vector<Statement> Exchange(const plan::SwapTables& action,
                                const schema::Table& table,
                                const Names& names) {
  std::vector<Statement> statements;
  for (const schema::Trigger& trigger : table.triggers) {
    statements.push_back({"DROP TRIGGER " + Quote(trigger.name), {}});
  }
  ExchangeTables(table, names, &statements);
  ExchangeIndexes(action, table, names, &statements);
  for (const schema::Trigger& trigger : table.triggers) {
    statements.push_back({trigger.definition, {}});
  }
  return statements;
}

}  // namespace

PlannedAction RenderOne(const plan::CopyTable& action,
                        const RenderContext& context) {
  PlannedAction planned =
      Change(context,
             "Create '" + action.copy + "', an empty copy of '" +
                 action.table.name.name + "'",
             kInstant);
  planned.forward = {{CopySql(action), {}}};
  for (const plan::IndexPair& pair : action.indexes) {
    planned.forward.push_back(
        {CreateIndexSql(action.copy, *action.table.FindIndex(pair.name),
                        Quote(pair.copy)),
         {}});
  }
  planned.undo = {{"DROP TABLE IF EXISTS " + Quote(action.copy), {}}};
  planned.probe = "SELECT " + HasTable(action.copy);
  planned.missing = GoneUnless(planned.probe, "table '" + action.copy + "'");
  return planned;
}

// Whoever reads in an older snapshot finds the table of then in it.
PlannedAction RenderOne(const plan::MarkCopied& action,
                        const RenderContext& context) {
  PlannedAction planned = Change(
      context, "Note that '" + action.table.name + "' is filled", kInstant);
  planned.probe = "SELECT 1";
  planned.reversible = !action.taken;
  return planned;
}

PlannedAction RenderOne(const plan::SwapTables& action,
                        const RenderContext& context) {
  const plan::TableMotion& motion = *context.motions.Copy(action.motion);
  const schema::Table& table = motion.source;
  const Names forth{table.name.name, motion.target.name, action.aside};
  const Names back{table.name.name, action.aside, motion.target.name};
  PlannedAction planned =
      Change(context,
             "Let '" + forth.taker + "' take the place of '" + forth.table +
                 "', which becomes '" + forth.leave + "'",
             kInstant);
  planned.forward = DropCopyTriggers(motion);
  base::Append(Exchange(action, table, forth), planned.forward);
  planned.reversible = action.kept;
  if (action.kept) {
    const plan::TableMotion sealed = plan::Sealed(motion);
    base::Append(CreateCopyTriggers(sealed), planned.forward);
    planned.undo = DropCopyTriggers(sealed);
    base::Append(Exchange(action, table, back), planned.undo);
    base::Append(CreateCopyTriggers(motion), planned.undo);
  }
  planned.probe = "SELECT " + HasTable(action.aside);
  planned.inventory = InventorySql(forth.table);
  return planned;
}

// The rows are the same, and SQLite keeps no word on whether they were checked.
PlannedAction RenderOne(const plan::ProveForeignKeys& action,
                        const RenderContext& context) {
  PlannedAction planned = Change(
      context,
      "The foreign keys of '" + action.table.name + "' hold as they did before",
      kInstant);
  planned.probe = "SELECT 1";
  return planned;
}

}  // namespace segue::sqlite
