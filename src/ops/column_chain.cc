#include "ops/column_chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "ops/create_constraint.h"
#include "ops/rename_column.h"
#include "ops/with_spec.h"
#include "planning/expression.h"
#include "segue/error.h"

namespace segue::ops {
namespace {

using schema::Constraint;

bool IsJust(const std::string& sql, const std::string& column) {
  schema::Column named;
  named.name = column;
  return plan::Expression{sql, Bind(sql, {named})}.PlainColumn().has_value();
}

// True when the file gives an expression that is more than the column itself.
bool Transforms(const std::string& sql, const std::string& column) {
  return !sql.empty() && !IsJust(sql, column);
}

Error Refused(const AlterColumnSpec& change, const std::string& reason) {
  return {ErrorKind::kRefused,
          fmt::format("{} '{}' of table '{}': {}", change.operation,
                      change.column, change.table, reason)};
}

// Returns `sql`, in which `name` has the value of `value`. The name is given to
// the value by a subquery, because the text of an expression cannot be
// rewritten by someone who does not parse it.
std::string Scoped(const std::string& sql, const std::string& name,
                   const std::string& value, const db::Language& language) {
  const std::string known = language.spelling().Name(name);
  if (schema::ReferencedColumns(sql, {name}).empty() || value == known) {
    return sql;
  }
  if (IsJust(sql, name)) return value;
  return fmt::format(
      "(SELECT ({}\n) FROM (SELECT ({}\n) AS {}) AS _segue_before)", sql, value,
      known);
}

std::string Converted(const std::string& name, const std::string& type,
                      const db::Language& language) {
  return language.spelling().Converted(name, language.NativeType(type));
}

void RefuseTwoValues(const AlterColumnSpec& second) {
  throw Refused(second,
                "an earlier operation of this migration gives the column other "
                "values, too, and the values in between would be nobody's")
      .WithHint(
          "give the whole way in one 'up' and one 'down', or split it "
          "into two migrations");
}

std::string UpOf(const AlterColumnSpec& first, const AlterColumnSpec& second,
                 const db::Language& language) {
  const std::string& up = first.change.up;
  const std::string& then = second.change.up;
  const bool moved = Transforms(up, first.column);
  if (moved && Transforms(then, second.column)) RefuseTwoValues(second);
  if (moved && second.change.type) {
    return Scoped(Converted(second.column, *second.change.type, language),
                  second.column, up, language);
  }
  if (moved || then.empty()) return up;
  const std::string value =
      first.change.type ? Converted(first.column, *first.change.type, language)
                        : language.spelling().Name(first.column);
  return Scoped(then, second.column, value, language);
}

std::string DownOf(const AlterColumnSpec& first, const AlterColumnSpec& second,
                   const schema::Column* column, const db::Language& language) {
  const std::string& down = first.change.down;
  const std::string& then = second.change.down;
  const std::string& after = NameAfter(second);
  const bool moved = Transforms(down, second.column);
  if (moved && Transforms(then, after)) RefuseTwoValues(second);
  const bool typed =
      (moved && second.change.type) || (!then.empty() && first.change.type);
  if (typed && column == nullptr) {
    throw Refused(second, "nobody can say which type the column had before");
  }
  if (moved) {
    const std::string value = second.change.type
                                  ? Converted(after, column->type, language)
                                  : language.spelling().Name(after);
    return Scoped(down, second.column, value, language);
  }
  if (then.empty()) {
    return down.empty() ? down : language.spelling().Name(after);
  }
  if (!first.change.type || !Transforms(then, after)) return then;
  return Scoped(Converted(after, column->type, language), after, then,
                language);
}

void RefuseContradiction(const AlterColumnSpec& first,
                         const AlterColumnSpec& second) {
  if (first.change.type && second.change.type) {
    throw Refused(second,
                  "an earlier operation of this migration changes its type, "
                  "too, and nobody would ever see that type")
        .WithHint(
            "leave the earlier type out, or split it into two "
            "migrations");
  }
  const auto& nullable = first.change.nullable;
  if (nullable && second.change.nullable &&
      *nullable != *second.change.nullable) {
    throw Refused(second,
                  "an earlier operation of this migration wants the opposite "
                  "about NULL")
        .WithHint("leave one of them out");
  }
}

void ChangeDefault(const ColumnChange& change,
                   std::optional<std::string>& default_sql) {
  if (change.drop_default) default_sql.reset();
  if (change.default_sql) default_sql = change.default_sql;
}

// The constraints of an alteration are over its column, whatever it is called.
void AppendConstraints(const AlterColumnSpec& second,
                       std::vector<Constraint>& all) {
  for (Constraint constraint : second.constraints) {
    constraint.columns = {NameAfter(second)};
    all.push_back(std::move(constraint));
  }
}

AlterColumnSpec OfConstraint(const CreateConstraintSpec& spec) {
  AlterColumnSpec change;
  change.operation = "create_constraint";
  change.table = spec.table;
  change.column = spec.constraint.columns[0];
  change.constraints = {spec.constraint};
  const auto given = [&](const std::map<std::string, std::string>& all) {
    const auto found = all.find(change.column);
    return found == all.end() ? std::string() : found->second;
  };
  change.change.up = given(spec.up);
  change.change.down = given(spec.down);
  return change;
}

AlterColumnSpec OfRename(const RenameColumnSpec& spec) {
  AlterColumnSpec change;
  change.operation = "rename_column";
  change.table = spec.table;
  change.column = spec.from;
  change.change.new_name = spec.to;
  change.change.up = spec.up;
  change.change.down = spec.down;
  change.keep_order = spec.keep_order;
  change.strategy = spec.strategy;
  return change;
}

bool IsOverOneColumn(const CreateConstraintSpec& spec) {
  const auto is_its = [&](const auto& entry) {
    return entry.first == spec.constraint.columns[0];
  };
  return spec.constraint.columns.size() == 1 &&
         spec.constraint.include.empty() &&
         spec.constraint.kind != schema::ConstraintKind::kExclude &&
         std::all_of(spec.up.begin(), spec.up.end(), is_its) &&
         std::all_of(spec.down.begin(), spec.down.end(), is_its);
}

void RefuseStrategy(const AlterColumnSpec& first,
                    const AlterColumnSpec& second) {
  if (first.strategy == RenameStrategy::kByAccess &&
      second.strategy == RenameStrategy::kByAccess) {
    return;
  }
  throw Refused(second,
                "'strategy' is for a rename alone, and this migration changes "
                "the column in other ways, too")
      .WithHint("leave out 'strategy', or split it into two migrations");
}

std::string UpOfAdded(const AddColumnSpec& first, const AlterColumnSpec& second,
                      const db::Language& language) {
  const std::string& then = second.change.up;
  const bool moves = Transforms(then, first.column.name);
  if (moves && !first.up.empty()) RefuseTwoValues(second);
  if (moves) {
    const std::string value =
        language.spelling().Cast(first.column.default_sql.value_or("NULL"),
                                 language.NativeType(first.column.type));
    return Scoped(then, first.column.name, value, language);
  }
  if (first.up.empty() || !second.change.type) return first.up;
  return Scoped(Converted(first.column.name, *second.change.type, language),
                first.column.name, first.up, language);
}

// What the old version sees is a matter of the column from which the added one
// comes.
std::string DownOfAdded(const AddColumnSpec& first,
                        const AlterColumnSpec& second,
                        const db::Language& language) {
  const std::string& after = NameAfter(second);
  if (first.down.empty()) return first.down;
  if (Transforms(second.change.down, after)) RefuseTwoValues(second);
  const std::string value = second.change.type
                                ? Converted(after, first.column.type, language)
                                : language.spelling().Name(after);
  return Scoped(first.down, first.column.name, value, language);
}

}  // namespace

void RefuseMentions(const std::vector<Constraint>& constraints,
                    const std::string& column, const std::string& what) {
  for (const Constraint& constraint : constraints) {
    std::vector<std::string> texts = {constraint.check, constraint.predicate};
    for (const auto& element : constraint.exclude) {
      texts.push_back(element.expression);
    }
    for (const std::string& sql : texts) {
      if (schema::ReferencedColumns(sql, {column}).empty()) continue;
      throw Error(ErrorKind::kRefused,
                  fmt::format("{}: '{}', an earlier constraint of this "
                              "migration, has the name '{}' in its text",
                              what, constraint.name, column))
          .WithHint(
              "rename the column first, and write the constraint with "
              "the new name");
    }
  }
}

std::optional<AlterColumnSpec> AsAlteration(const Operation& operation) {
  if (const auto* alter = SpecOf<AlterColumnSpec>(operation)) return *alter;
  if (const auto* rename = SpecOf<RenameColumnSpec>(operation)) {
    return OfRename(*rename);
  }
  const auto* constraint = SpecOf<CreateConstraintSpec>(operation);
  if (constraint == nullptr || !IsOverOneColumn(*constraint)) {
    return std::nullopt;
  }
  return OfConstraint(*constraint);
}

bool OnlyRelabels(const AlterColumnSpec& spec) {
  const ColumnChange& change = spec.change;
  return !change.type && !change.nullable && spec.constraints.empty() &&
         change.up.empty() && change.down.empty();
}

bool OnlyConstrains(const AlterColumnSpec& spec) {
  const ColumnChange& change = spec.change;
  return !change.type && !change.nullable && !change.default_sql &&
         !change.drop_default && !change.new_name && !spec.comment &&
         change.up.empty() && change.down.empty();
}

const std::string& NameAfter(const AlterColumnSpec& change) {
  return change.change.new_name ? *change.change.new_name : change.column;
}

AlterColumnSpec Chain(AlterColumnSpec first, const AlterColumnSpec& second,
                      const schema::Column* column,
                      const db::Language& language) {
  RefuseContradiction(first, second);
  RefuseStrategy(first, second);
  if (NameAfter(second) != second.column) {
    RefuseMentions(first.constraints, second.column,
                   fmt::format("{} '{}' of table '{}'", second.operation,
                               second.column, second.table));
  }
  const std::string up = UpOf(first, second, language);
  first.change.down = DownOf(first, second, column, language);
  first.change.up = up;
  if (second.change.type) first.change.type = second.change.type;
  if (second.change.nullable) first.change.nullable = second.change.nullable;
  if (second.change.new_name) first.change.new_name = second.change.new_name;
  if (second.change.drop_default || second.change.default_sql) {
    first.change.drop_default = second.change.drop_default;
    first.change.default_sql = second.change.default_sql;
  }
  if (second.comment) first.comment = second.comment;
  first.keep_order = first.keep_order || second.keep_order;
  AppendConstraints(second, first.constraints);
  return first;
}

AddColumnSpec Chain(AddColumnSpec first, const AlterColumnSpec& second,
                    const db::Language& language) {
  RefuseStrategy({}, second);
  const std::string before = first.column.name;
  const std::string& after = NameAfter(second);
  if (after != before) {
    RefuseMentions(first.constraints, before,
                   fmt::format("{} '{}' of table '{}'", second.operation,
                               before, second.table));
  }
  const std::string up = UpOfAdded(first, second, language);
  first.down = DownOfAdded(first, second, language);
  first.up = up;
  schema::Column& column = first.column;
  column.name = after;
  if (second.change.type) column.type = *second.change.type;
  if (second.change.nullable) column.nullable = *second.change.nullable;
  ChangeDefault(second.change, column.default_sql);
  if (second.comment) column.comment = *second.comment;
  for (Constraint& constraint : first.constraints) {
    std::replace(constraint.columns.begin(), constraint.columns.end(), before,
                 after);
  }
  AppendConstraints(second, first.constraints);
  return first;
}

}  // namespace segue::ops
