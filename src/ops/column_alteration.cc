#include "ops/column_alteration.h"

#include <fmt/format.h>

#include "base/text.h"
#include "planning/expression.h"
#include "schema/constraint_text.h"

namespace segue::ops {
namespace {

void ResolveName(const AlterColumnSpec& spec, ColumnAlteration& result) {
  if (!spec.change.new_name) return;
  result.name = *spec.change.new_name != result.target.name;
  if (!result.name) result.notes.push_back("it has this name already");
  result.target.name = *spec.change.new_name;
}

void ResolveType(const AlterColumnSpec& spec, const db::Language& language,
                 ColumnAlteration& result) {
  if (!spec.change.type) return;
  const std::string type = language.NativeType(*spec.change.type);
  if (SameType(type, result.target.type)) {
    result.notes.push_back("its type is " + result.target.type + " already");
    return;
  }
  result.type = true;
  result.target.type = type;
  // The collation belongs to the old type; another type may have none at all.
  result.target.collation.clear();
}

void ResolveNullable(const AlterColumnSpec& spec, ColumnAlteration& result) {
  if (!spec.change.nullable) return;
  const bool wanted = *spec.change.nullable;
  if (wanted == result.target.nullable) {
    result.notes.push_back(wanted ? "it is nullable already"
                                  : "it is NOT NULL already");
    return;
  }
  result.target.nullable = wanted;
  (wanted ? result.nullable : result.not_null) = true;
}

void ResolveDefault(const AlterColumnSpec& spec, ColumnAlteration& result) {
  if (!spec.change.drop_default && !spec.change.default_sql) return;
  const std::optional<std::string> wanted =
      spec.change.drop_default ? std::nullopt : spec.change.default_sql;
  // A value that is written in the same way may be of another type.
  if (!result.type && SameDefault(wanted, result.target.default_sql)) {
    result.notes.push_back(wanted ? "it has this default already"
                                  : "it has no default already");
    return;
  }
  result.default_value = true;
  result.target.default_sql = wanted;
}

void ResolveComment(const AlterColumnSpec& spec, ColumnAlteration& result) {
  if (!spec.comment) return;
  result.comment = *spec.comment != result.target.comment;
  if (!result.comment) result.notes.push_back("it has this comment already");
  result.target.comment = *spec.comment;
}

bool IsJust(const std::string& sql, const schema::Column& column) {
  const plan::Expression expression{sql, Bind(sql, {column})};
  return expression.PlainColumn().has_value();
}

void ResolveExpressions(const AlterColumnSpec& spec, const schema::Column& old,
                        const db::Spelling& spelling,
                        ColumnAlteration& result) {
  const auto standard = [&](const schema::Column& from,
                            const schema::Column& to) {
    return result.type ? spelling.Converted(from.name, to.type)
                       : spelling.Name(from.name);
  };
  result.up =
      spec.change.up.empty() ? standard(old, result.target) : spec.change.up;
  result.down = spec.change.down.empty() ? standard(result.target, old)
                                         : spec.change.down;
  result.up_transforms = !IsJust(result.up, old);
  result.down_transforms = !IsJust(result.down, result.target);
  // An expression that belongs to a constraint, which may exist already, says
  // what the rows that break it become.
  result.values =
      result.up_transforms && !result.type && spec.constraints.empty();
}

}  // namespace

std::string ColumnAlteration::Text(const schema::Column& old) const {
  std::vector<std::string> parts;
  if (type)
    parts.push_back(fmt::format("type {} -> {}", old.type, target.type));
  if (not_null) parts.emplace_back("not null");
  if (nullable) parts.emplace_back("nullable");
  if (default_value) {
    parts.push_back(target.default_sql ? "default " + *target.default_sql
                                       : "no default");
  }
  if (comment) parts.emplace_back("comment");
  if (name) parts.push_back("name -> " + target.name);
  for (const schema::Constraint& constraint : constraints) {
    parts.push_back(std::string(schema::KindText(constraint.kind)) + " '" +
                    constraint.name + "'");
  }
  return parts.empty() ? "its values" : base::Join(parts, ", ");
}

ColumnAlteration Resolve(const AlterColumnSpec& spec, const schema::Column& old,
                         const db::Language& language) {
  ColumnAlteration result;
  result.target = old;
  ResolveName(spec, result);
  ResolveType(spec, language, result);
  ResolveNullable(spec, result);
  ResolveDefault(spec, result);
  ResolveComment(spec, result);
  result.constraints = spec.constraints;
  for (schema::Constraint& constraint : result.constraints) {
    constraint.columns = {result.target.name};
  }
  ResolveExpressions(spec, old, language.spelling(), result);
  return result;
}

std::vector<schema::Column> NewShape(const schema::Table& table,
                                     const schema::Column& old,
                                     const schema::Column& target) {
  std::vector<schema::Column> columns = table.columns;
  for (schema::Column& column : columns) {
    if (column.name == old.name) column = target;
  }
  return columns;
}

}  // namespace segue::ops
