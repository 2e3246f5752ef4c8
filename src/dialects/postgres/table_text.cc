#include "dialects/postgres/table_text.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/postgres/column_text.h"
#include "dialects/postgres/constraint_body.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {

std::vector<std::string> CreateTableSql(const schema::Table& table) {
  std::vector<std::string> parts;
  std::vector<std::string> comments;
  for (const schema::Column& column : table.columns) {
    parts.push_back(ColumnSql(column));
    if (column.comment.empty()) continue;
    comments.push_back(
        ColumnCommentSql(table.name, column.physical(), column.comment));
  }
  for (const schema::Constraint& constraint : table.constraints) {
    parts.push_back("CONSTRAINT " + Ident(constraint.name) + " " +
                    ConstraintBody(table.name, constraint));
  }
  if (!table.comment.empty()) {
    comments.push_back("COMMENT ON TABLE " + Name(table.name) + " IS " +
                       Literal(table.comment));
  }
  std::vector<std::string> sql = {"CREATE TABLE " + Name(table.name) + " (" +
                                  base::Join(parts, ", ") + ")"};
  sql.insert(sql.end(), comments.begin(), comments.end());
  return sql;
}

std::vector<schema::TableName> ReferencedTables(const schema::Table& table) {
  std::vector<schema::TableName> names;
  for (const schema::Constraint& constraint : table.constraints) {
    if (constraint.kind != schema::ConstraintKind::kForeignKey) continue;
    const schema::TableName name = {table.name.schema,
                                    constraint.reference.table};
    if (name == table.name) continue;
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(name);
    }
  }
  return names;
}

}  // namespace segue::postgres
