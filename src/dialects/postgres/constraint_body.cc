#include "dialects/postgres/constraint_body.h"

#include <vector>

#include "base/text.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

using schema::Constraint;
using schema::ConstraintKind;

constexpr std::string_view kNotValid = " NOT VALID";

std::string Deferrable(const Constraint& constraint) {
  if (constraint.initially_deferred) return " DEFERRABLE INITIALLY DEFERRED";
  if (constraint.deferrable) return " DEFERRABLE";
  const std::size_t at = constraint.definition.find(" DEFERRABLE");
  return at == std::string::npos ? "" : constraint.definition.substr(at);
}

std::string KeyWord(const Constraint& constraint) {
  return constraint.kind == ConstraintKind::kPrimaryKey ? "PRIMARY KEY"
                                                        : "UNIQUE";
}

// Returns what the constraint says about its index.
std::string IndexParameters(const Constraint& constraint) {
  std::string sql;
  if (!constraint.include.empty()) {
    sql += " INCLUDE (" + Idents(constraint.include) + ")";
  }
  if (!constraint.storage_parameters.empty()) {
    sql += " WITH (" + constraint.storage_parameters + ")";
  }
  if (!constraint.tablespace.empty()) {
    sql += " USING INDEX TABLESPACE " + Ident(constraint.tablespace);
  }
  return sql;
}

std::string Unique(const Constraint& constraint) {
  return KeyWord(constraint) +
         (constraint.nulls_not_distinct ? " NULLS NOT DISTINCT" : "") + " (" +
         Idents(constraint.columns) + ")" + IndexParameters(constraint);
}

std::string Exclusion(const Constraint& constraint) {
  std::vector<std::string> elements;
  for (const schema::ExcludeElement& element : constraint.exclude) {
    elements.push_back(element.expression + " WITH " + element.op);
  }
  std::string sql = "EXCLUDE";
  if (!constraint.exclude_method.empty()) {
    sql += " USING " + Ident(constraint.exclude_method);
  }
  sql += " (" + base::Join(elements, ", ") + ")" + IndexParameters(constraint);
  if (!constraint.predicate.empty()) {
    sql += " WHERE (" + constraint.predicate + ")";
  }
  return sql;
}

std::string ForeignKey(const schema::TableName& table,
                       const Constraint& constraint) {
  const schema::Reference& reference = constraint.reference;
  std::string sql = "FOREIGN KEY (" + Idents(constraint.columns) +
                    ") REFERENCES " + Name(Referenced(table, reference.table));
  if (!reference.columns.empty()) {
    sql += " (" + Idents(reference.columns) + ")";
  }
  if (!reference.match.empty()) sql += " MATCH " + reference.match;
  if (!reference.on_delete.empty()) {
    sql += " ON DELETE " + reference.on_delete;
    if (!reference.on_delete_set_columns.empty()) {
      sql += " (" + Idents(reference.on_delete_set_columns) + ")";
    }
  }
  if (!reference.on_update.empty()) sql += " ON UPDATE " + reference.on_update;
  return sql;
}

// The line break ends a comment at the end of the expression, which would
// otherwise swallow the bracket.
std::string Check(const Constraint& constraint) {
  const bool ends_in_comment = constraint.check.find("--") != std::string::npos;
  return "CHECK (" + constraint.check + (ends_in_comment ? "\n" : "") + ")" +
         (constraint.no_inherit ? " NO INHERIT" : "");
}

std::string Structured(const schema::TableName& table,
                       const Constraint& constraint) {
  switch (constraint.kind) {
    case ConstraintKind::kPrimaryKey:
    case ConstraintKind::kUnique:
      return Unique(constraint);
    case ConstraintKind::kForeignKey:
      return ForeignKey(table, constraint);
    case ConstraintKind::kCheck:
      return Check(constraint);
    case ConstraintKind::kExclude:
      return Exclusion(constraint);
  }
  return "";
}

}  // namespace

schema::TableName Referenced(const schema::TableName& table,
                             const std::string& name) {
  const std::size_t dot = name.find('.');
  if (dot == std::string::npos) return {table.schema, name};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

Constraint ConstraintOf(const schema::Index& index) {
  Constraint constraint;
  constraint.kind =
      index.primary ? ConstraintKind::kPrimaryKey : ConstraintKind::kUnique;
  constraint.name = index.constraint;
  for (const schema::IndexColumn& column : index.columns) {
    constraint.columns.push_back(column.name);
  }
  constraint.include = index.include;
  constraint.nulls_not_distinct = index.nulls_not_distinct;
  constraint.storage_parameters = index.storage_parameters;
  constraint.tablespace = index.tablespace;
  return constraint;
}

std::string ConstraintBody(const schema::TableName& table,
                           const Constraint& constraint) {
  if (!constraint.using_index.empty()) {
    return KeyWord(constraint) + " USING INDEX " +
           Ident(constraint.using_index) + Deferrable(constraint);
  }
  if (constraint.definition.empty()) {
    return Structured(table, constraint) + Deferrable(constraint);
  }
  std::string body = constraint.definition;
  const std::size_t at = body.rfind(kNotValid);
  if (at != std::string::npos && at + kNotValid.size() == body.size()) {
    body.resize(at);
  }
  return body;
}

}  // namespace segue::postgres
