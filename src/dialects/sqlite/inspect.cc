#include "dialects/sqlite/inspect.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "base/text.h"
#include "dialects/sqlite/create_table_text.h"
#include "dialects/sqlite/dependents.h"
#include "dialects/sqlite/estimates.h"
#include "dialects/sqlite/examine.h"
#include "dialects/sqlite/index_text.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/tokens.h"
#include "dialects/sqlite/version_session.h"
#include "dialects/sqlite/version_views.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

// The condition for the tables that are read; `m` is sqlite_schema. It uses
// GLOB, where an underscore is no wildcard.
constexpr char kUserTables[] =
    " m.type = 'table' AND m.name NOT GLOB 'sqlite_*' AND "
    "m.name NOT GLOB 'segue_*' AND m.sql NOT LIKE 'CREATE VIRTUAL%' ";

std::string Text(const db::Value& value) {
  return db::IsNull(value) ? "" : db::ToText(value);
}

bool IsTrue(const db::Value& value) { return db::ToInt(value) != 0; }

// A shadow table has the data of a virtual table, whose module alone may change
// it. A type that is not known is refused by its name (see unknown_facts.h).
std::string KindOf(const std::string& type) {
  return type == "virtual" || type == "shadow" ? type + " table" : type;
}

void ReadTables(db::Connection& connection, schema::Schema* schema) {
  const db::Result result = connection.Execute(
      "SELECT l.name, l.type, m.sql FROM pragma_table_list l "
      "JOIN sqlite_schema m ON m.name = l.name AND m.type IN ('table', 'view') "
      "WHERE l.schema = 'main' AND "
      "l.name NOT GLOB 'sqlite_*' AND l.name NOT GLOB 'segue_*' "
      "ORDER BY l.type = 'view', l.name");
  for (const db::Row& row : result.rows) {
    if (ReadPublished(Text(row[0]), Text(row[2]))) continue;
    schema::Table table;
    table.name.name = Text(row[0]);
    table.kind = KindOf(Text(row[1]));
    table.definition = Text(row[2]);
    schema->tables.push_back(std::move(table));
  }
}

// DEFAULT abc and DEFAULT "abc" are strings to SQLite, but in an expression
// they would be columns.
std::string DefaultExpression(const std::string& text) {
  const std::vector<Token> tokens = Tokenize(text);
  if (tokens.size() != 1 || IsLiteral(text)) return text;
  const bool clock = IsVolatile(text);
  const bool name = tokens[0].kind == Token::Kind::kQuoted ||
                    tokens[0].kind == Token::Kind::kWord;
  return name && !clock ? Literal(NameOf(tokens[0])) : text;
}

schema::Column ReadColumn(const db::Row& row) {
  schema::Column column;
  column.name = Text(row[1]);
  column.type = Text(row[2]);
  column.nullable = !IsTrue(row[3]);
  if (!db::IsNull(row[4])) {
    column.default_sql = DefaultExpression(Text(row[4]));
    column.default_is_constant = !IsVolatile(*column.default_sql);
  }
  return column;
}

schema::Constraint& PrimaryKeyOf(schema::Table* table) {
  for (schema::Constraint& constraint : table->constraints) {
    if (constraint.kind == schema::ConstraintKind::kPrimaryKey) {
      return constraint;
    }
  }
  schema::Constraint key;
  key.kind = schema::ConstraintKind::kPrimaryKey;
  key.name = "PRIMARY KEY";
  return table->constraints.emplace_back(std::move(key));
}

void ReadColumns(db::Connection& connection, schema::Schema* schema) {
  const db::Result result = connection.Execute(
      std::string("SELECT m.name, c.name, c.type, c.\"notnull\", c.dflt_value, "
                  "c.pk FROM sqlite_schema m JOIN pragma_table_xinfo(m.name) c "
                  "WHERE") +
      kUserTables + "AND c.hidden <> 1 ORDER BY m.name, c.cid");
  for (const db::Row& row : result.rows) {
    schema::Table* table = schema->FindTable(Text(row[0]));
    if (table == nullptr) continue;
    table->columns.push_back(ReadColumn(row));
    const auto place = static_cast<std::size_t>(db::ToInt(row[5]));
    if (place == 0) continue;
    std::vector<std::string>& key = PrimaryKeyOf(table).columns;
    if (key.size() < place) key.resize(place);
    key[place - 1] = Text(row[1]);
  }
}

// Reads what only the text of the table tells.
void ReadTexts(schema::Table* table) {
  if (table->kind != "table") return;
  for (const ColumnText& text : ColumnTexts(table->definition)) {
    schema::Column* column = table->FindColumn(text.name);
    if (column == nullptr) continue;
    column->collation = text.collation;
    column->generated_sql = text.generated_sql;
  }
  for (const CheckText& text : Checks(table->definition)) {
    schema::Constraint check;
    check.kind = schema::ConstraintKind::kCheck;
    check.check = text.expression;
    check.definition = "CHECK (" + text.expression + ")";
    check.name = text.name.empty() ? check.definition : text.name;
    check.columns =
        schema::ReferencedColumns(text.expression, table->ColumnNames());
    table->constraints.push_back(std::move(check));
  }
}

schema::IndexColumn ReadIndexColumn(const db::Row& row,
                                    const schema::Table& table,
                                    const IndexText& text) {
  schema::IndexColumn part;
  part.name = Text(row[5]);
  part.descending = IsTrue(row[6]);
  part.collation = Text(row[7]);
  const auto place = static_cast<std::size_t>(db::ToInt(row[8]));
  if (part.name.empty() && place < text.parts.size()) {
    part.expression = text.parts[place];
  }
  // The collation of the column itself need not be mentioned.
  const schema::Column* column = table.FindColumn(part.name);
  const std::string own = column == nullptr || column->collation.empty()
                              ? "BINARY"
                              : column->collation;
  if (SameName(part.collation, own)) part.collation.clear();
  return part;
}

void AddUnique(schema::Table* table, const schema::Index& index) {
  schema::Constraint unique;
  unique.kind = schema::ConstraintKind::kUnique;
  unique.name = index.name;
  for (const schema::IndexColumn& part : index.columns) {
    unique.columns.push_back(part.name);
  }
  table->constraints.push_back(std::move(unique));
}

// Reads the columns table, index, unique, origin, sql, column, desc, collation,
// place.
void ReadIndexes(db::Connection& connection, schema::Schema* schema) {
  const db::Result result = connection.Execute(
      std::string(
          "SELECT m.name, i.name, i.\"unique\", i.origin, s.sql, x.name, "
          "x.\"desc\", x.coll, x.seqno FROM sqlite_schema m "
          "JOIN pragma_index_list(m.name) i JOIN pragma_index_xinfo(i.name) x "
          "LEFT JOIN sqlite_schema s ON s.type = 'index' AND s.name = i.name "
          "WHERE x.key = 1 AND") +
      kUserTables + "ORDER BY m.name, i.name, x.seqno");
  for (const db::Row& row : result.rows) {
    schema::Table* table = schema->FindTable(Text(row[0]));
    if (table == nullptr) continue;
    const IndexText text = ParseIndex(Text(row[4]));
    std::vector<schema::Index>& indexes = table->indexes;
    if (indexes.empty() || indexes.back().name != Text(row[1])) {
      schema::Index& index = indexes.emplace_back();
      index.name = Text(row[1]);
      index.unique = IsTrue(row[2]);
      index.primary = Text(row[3]) == "pk";
      if (Text(row[3]) != "c") index.constraint = index.name;
      index.definition = Text(row[4]);
      index.predicate = text.predicate;
    }
    indexes.back().columns.push_back(ReadIndexColumn(row, *table, text));
  }
  for (schema::Table& table : schema->tables) {
    for (const schema::Index& index : table.indexes) {
      if (!index.constraint.empty() && !index.primary) AddUnique(&table, index);
    }
  }
}

// SQLite accepts NULL in the primary key of a rowid table, unless the key is
// the rowid itself, which then has no index.
void SettleKeys(schema::Table* table) {
  const bool has_index =
      std::any_of(table->indexes.begin(), table->indexes.end(),
                  [](const schema::Index& index) { return index.primary; });
  if (has_index && !IsWithoutRowid(table->definition)) return;
  for (const schema::Constraint& constraint : table->constraints) {
    if (constraint.kind != schema::ConstraintKind::kPrimaryKey) continue;
    for (const std::string& name : constraint.columns) {
      if (schema::Column* column = table->FindColumn(name)) {
        column->nullable = false;
      }
    }
  }
}

// Reads the columns table, id, parent, from, to, on_update, on_delete.
void ReadForeignKeys(db::Connection& connection, schema::Schema* schema) {
  const db::Result result = connection.Execute(
      std::string("SELECT m.name, f.id, f.\"table\", f.\"from\", f.\"to\", "
                  "f.on_update, f.on_delete FROM sqlite_schema m "
                  "JOIN pragma_foreign_key_list(m.name) f WHERE") +
      kUserTables + "ORDER BY m.name, f.id, f.seq");
  std::vector<ForeignKey> keys;
  for (const db::Row& row : result.rows) {
    const std::string table = Text(row[0]);
    const std::int64_t id = db::ToInt(row[1]);
    if (keys.empty() || keys.back().table != table || keys.back().id != id) {
      keys.push_back(
          {table, id, Text(row[2]), {}, {}, Text(row[5]), Text(row[6])});
    }
    keys.back().columns.push_back(Text(row[3]));
    if (!db::IsNull(row[4])) keys.back().parent_columns.push_back(Text(row[4]));
  }
  for (ForeignKey& key : keys) AddForeignKey(std::move(key), schema);
}

// Views of published versions, and the triggers on them, belong to segue and
// are left out.
void ReadProgramTexts(db::Connection& connection, schema::Schema* schema) {
  const db::Result result = connection.Execute(
      "SELECT type, name, tbl_name, sql FROM sqlite_schema "
      "WHERE type IN ('view', 'trigger') AND name NOT GLOB 'segue_*_insert' "
      "AND name NOT GLOB 'segue_*_update' AND name NOT GLOB 'segue_*_delete' "
      "ORDER BY type = 'trigger', name");
  std::set<std::string> ours;
  for (const db::Row& row : result.rows) {
    if (ReadPublished(Text(row[1]), Text(row[3]))) ours.insert(Text(row[1]));
    if (ours.count(Text(row[2])) > 0) continue;
    AddProgram({Text(row[0]), Text(row[1]), Text(row[2]), Text(row[3])},
               schema);
  }
}

}  // namespace

schema::Schema Inspect(db::Connection& connection,
                       const std::string& schema_name) {
  if (!schema_name.empty() && schema_name != "main") {
    throw Error(ErrorKind::kNotFound,
                "no schema '" + schema_name + "': SQLite has only 'main'");
  }
  if (SeesVersion(connection)) {
    throw Error(ErrorKind::kUsage,
                "this session sees a published version, not the tables")
        .WithHint("leave '?version=' out of the URL");
  }
  schema::Schema schema;
  schema.name = "main";
  schema.own_prefix = "segue_";
  schema.server_version =
      "SQLite " +
      Text(connection.Execute("SELECT sqlite_version()").rows.at(0).at(0));
  ReadTables(connection, &schema);
  ReadColumns(connection, &schema);
  for (schema::Table& table : schema.tables) ReadTexts(&table);
  ReadIndexes(connection, &schema);
  for (schema::Table& table : schema.tables) SettleKeys(&table);
  ReadForeignKeys(connection, &schema);
  ReadProgramTexts(connection, &schema);
  ReadEstimates(connection, &schema);
  return schema;
}

}  // namespace segue::sqlite
