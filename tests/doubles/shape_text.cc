#include "tests/doubles/shape_text.h"

#include <vector>

#include "base/text.h"

namespace segue::test {

std::string ColumnText(const schema::Column& column) {
  std::string text = column.type + (column.nullable ? " NULL" : " NOT NULL");
  if (column.default_sql) text += " DEFAULT " + *column.default_sql;
  if (!column.comment.empty()) {
    text += " COMMENT " + base::Quoted(column.comment, '\'');
  }
  return text;
}

std::string IndexText(const schema::TableName& table,
                      const schema::Index& index) {
  std::vector<std::string> columns;
  for (const schema::IndexColumn& column : index.columns) {
    columns.push_back(column.name.empty() ? "(" + column.expression + ")"
                                          : column.name);
  }
  std::string text = index.unique ? "UNIQUE INDEX " : "INDEX ";
  text += index.name + " ON " + table.name;
  text += " (" + base::Join(columns, ", ") + ")";
  return index.predicate.empty() ? text : text + " WHERE " + index.predicate;
}

std::string ConstraintText(const schema::TableName& table,
                           const schema::Constraint& constraint) {
  std::string text = "CONSTRAINT " + constraint.name + " ON " + table.name;
  if (!constraint.check.empty()) text += " CHECK " + constraint.check;
  if (!constraint.columns.empty()) {
    text += " (" + base::Join(constraint.columns, ", ") + ")";
  }
  if (!constraint.using_index.empty()) {
    text += " USING " + constraint.using_index;
  }
  return constraint.validated ? text : text + " NOT VALID";
}

std::string TableText(const schema::Table& table) {
  std::vector<std::string> parts;
  for (const schema::Column& column : table.columns) {
    parts.push_back(column.name + " " + ColumnText(column));
  }
  for (const schema::Constraint& constraint : table.constraints) {
    parts.push_back(ConstraintText(table.name, constraint));
  }
  std::string text = table.name.name + " (" + base::Join(parts, ", ") + ")";
  if (!table.comment.empty()) {
    text += " COMMENT " + base::Quoted(table.comment, '\'');
  }
  return text;
}

}  // namespace segue::test
