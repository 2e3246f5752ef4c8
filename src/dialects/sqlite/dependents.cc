#include "dialects/sqlite/dependents.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/sqlite/create_table_text.h"
#include "dialects/sqlite/tokens.h"

namespace segue::sqlite {
namespace {

std::vector<std::string> PrimaryKeyOf(const schema::Table& table) {
  for (const schema::Constraint& constraint : table.constraints) {
    if (constraint.kind == schema::ConstraintKind::kPrimaryKey) {
      return constraint.columns;
    }
  }
  return {};
}

schema::Table* FindAnyCase(schema::Schema* schema, const std::string& name) {
  for (schema::Table& table : schema->tables) {
    if (SameName(table.name.name, name)) return &table;
  }
  return nullptr;
}

bool Mentions(const std::string& sql, const std::string& name) {
  return !schema::ReferencedColumns(sql, {name}).empty();
}

std::vector<ConstraintText> ForeignKeyTexts(const std::string& definition) {
  std::vector<ConstraintText> texts;
  for (ConstraintText& text : ConstraintTexts(definition)) {
    if (text.is_foreign_key) texts.push_back(std::move(text));
  }
  return texts;
}

// Reads the name of a foreign key and whether it is deferred, which no pragma
// tells. The pragma counts the foreign keys from the last one in the text.
void ReadText(const std::string& definition, std::int64_t id,
              schema::Constraint& constraint) {
  const std::vector<ConstraintText> texts = ForeignKeyTexts(definition);
  const auto place = static_cast<std::size_t>(id) + 1;
  if (place > texts.size()) return;
  const ConstraintText& text = texts[texts.size() - place];
  constraint.name = NameOf(text);
  const auto words =
      schema::ReferencedColumns(text.text, {"deferrable", "deferred"});
  constraint.deferrable = words.size() == 2;
  constraint.initially_deferred = constraint.deferrable;
}

}  // namespace

void AddForeignKey(ForeignKey key, schema::Schema* schema) {
  schema::Constraint constraint;
  constraint.kind = schema::ConstraintKind::kForeignKey;
  constraint.columns = key.columns;
  schema::Table* parent = FindAnyCase(schema, key.parent);
  if (key.parent_columns.empty() && parent != nullptr) {
    key.parent_columns = PrimaryKeyOf(*parent);
  }
  constraint.definition =
      "FOREIGN KEY (" + base::Join(key.columns, ", ") + ") REFERENCES " +
      key.parent + " (" + base::Join(key.parent_columns, ", ") +
      ") ON UPDATE " + key.on_update + " ON DELETE " + key.on_delete;
  constraint.reference = {key.parent,
                          key.parent_columns,
                          "",
                          key.on_delete == "NO ACTION" ? "" : key.on_delete,
                          key.on_update == "NO ACTION" ? "" : key.on_update,
                          {}};
  constraint.name = base::Join(key.columns, "_") + "_fkey";
  if (schema::Table* child = schema->FindTable(key.table)) {
    ReadText(child->definition, key.id, constraint);
    child->constraints.push_back(std::move(constraint));
  }
  if (parent == nullptr) return;
  for (const std::string& column : key.parent_columns) {
    parent->dependents.push_back({"foreign key", "", key.table,
                                  base::Join(key.columns, "_") + "_fkey",
                                  column});
  }
}

void AddProgram(const Program& program, schema::Schema* schema) {
  for (schema::Table& table : schema->tables) {
    const bool own = SameName(table.name.name, program.table);
    if (own && program.type == "trigger") {
      table.triggers.push_back({program.name, program.sql});
      continue;
    }
    const bool itself =
        program.type == "view" && SameName(table.name.name, program.name);
    if (itself || !Mentions(program.sql, table.name.name)) continue;
    const std::vector<std::string> columns =
        schema::ReferencedColumns(program.sql, table.ColumnNames());
    for (const std::string& column : columns) {
      table.dependents.push_back({program.type, "", "", program.name, column});
    }
    if (columns.empty()) {
      table.dependents.push_back({program.type, "", "", program.name, ""});
    }
  }
}

}  // namespace segue::sqlite
