#include "dialects/sqlite/table_text.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "dialects/sqlite/names.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

using schema::Constraint;
using schema::ConstraintKind;

// These are shorthands of PostgreSQL. SQLite would take them for names of types
// and number no rows.
constexpr std::array<std::string_view, 6> kSerialTypes = {
    "serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"};

Error Refused(const std::string& table, const std::string& what,
              const std::string& reason) {
  return {ErrorKind::kRefused,
          "table '" + table + "': " + what + ": " + reason};
}

std::string Names(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  quoted.reserve(names.size());
  for (const std::string& name : names) quoted.push_back(BareOrQuoted(name));
  return base::Join(quoted, ", ");
}

// Returns the primary key whose only column is `column`, if there is one.
const Constraint* KeyOf(const schema::Table& table, const std::string& column) {
  for (const Constraint& constraint : table.constraints) {
    const bool key = constraint.kind == ConstraintKind::kPrimaryKey;
    if (key && constraint.columns == std::vector<std::string>{column}) {
      return &constraint;
    }
  }
  return nullptr;
}

// SQLite numbers only the rows of an INTEGER PRIMARY KEY.
void RefuseIdentity(const schema::Table& table, const schema::Column& column) {
  const std::string what = "identity column '" + column.name + "'";
  if (column.identity == schema::Identity::kAlways) {
    throw Refused(table.name.name, what,
                  "SQLite cannot keep a client from giving a value")
        .WithHint("say user_specified_values: BY DEFAULT");
  }
  if (!column.identity_options.empty()) {
    throw Refused(table.name.name, what, "SQLite has no sequence_options");
  }
  const bool numbered = KeyOf(table, column.name) != nullptr &&
                        AffinityOf(column.type) == Affinity::kInteger;
  if (numbered) return;
  throw Refused(table.name.name, what,
                "SQLite numbers only the one column of an integer primary key");
}

void RefuseColumn(const schema::Table& table, const schema::Column& column) {
  const std::string what = "column '" + column.name + "'";
  if (!column.comment.empty()) {
    throw Refused(table.name.name, what, "SQLite keeps no comments on columns");
  }
  const std::string type = base::ToLower(column.type);
  for (const std::string_view serial : kSerialTypes) {
    if (type != serial) continue;
    throw Refused(table.name.name, what,
                  "type " + column.type + " numbers no rows in SQLite")
        .WithHint("an INTEGER primary key does");
  }
  if (column.identity != schema::Identity::kNone) RefuseIdentity(table, column);
}

std::string ColumnText(const schema::Table& table,
                       const schema::Column& column) {
  RefuseColumn(table, column);
  const bool identity = column.identity != schema::Identity::kNone;
  std::string sql = BareOrQuoted(column.name);
  const std::string type = identity ? "INTEGER" : column.type;
  if (!type.empty()) sql += " " + type;
  if (!column.collation.empty()) sql += " COLLATE " + Quote(column.collation);
  if (!column.generated_sql.empty()) {
    sql += " GENERATED ALWAYS AS (" + column.generated_sql + ") STORED";
  }
  if (!column.nullable) sql += " NOT NULL";
  if (column.default_sql) sql += " DEFAULT " + DefaultText(*column.default_sql);
  return sql;
}

// Refuses what the vocabulary has and SQLite does not.
void RefuseConstraint(const std::string& table, const Constraint& constraint) {
  const std::string what = "constraint '" + constraint.name + "'";
  const auto refuse = [&](bool asked, const char* reason) {
    if (asked) throw Refused(table, what, reason);
  };
  refuse(constraint.kind == ConstraintKind::kExclude,
         "SQLite has no exclusion constraints");
  refuse(
      constraint.deferrable && constraint.kind != ConstraintKind::kForeignKey,
      "SQLite can defer only foreign keys");
  refuse(constraint.nulls_not_distinct,
         "in SQLite NULLs are distinct in a unique constraint");
  refuse(constraint.no_inherit, "SQLite's tables do not inherit");
  refuse(!constraint.include.empty(), "SQLite has no INCLUDE columns");
  refuse(!constraint.storage_parameters.empty(),
         "SQLite has no storage parameters");
  refuse(!constraint.tablespace.empty(), "SQLite has no tablespaces");
  const std::string& match = constraint.reference.match;
  // Over one column all match types are the same.
  refuse(!match.empty() && match != "SIMPLE" && constraint.columns.size() > 1,
         "SQLite checks foreign keys as MATCH SIMPLE only");
  refuse(!constraint.reference.on_delete_set_columns.empty(),
         "SQLite sets all columns of a foreign key");
}

std::string ForeignKey(const Constraint& constraint) {
  const schema::Reference& reference = constraint.reference;
  std::string sql = "FOREIGN KEY (" + Names(constraint.columns) +
                    ") REFERENCES " + BareOrQuoted(reference.table);
  if (!reference.columns.empty()) sql += " (" + Names(reference.columns) + ")";
  if (!reference.on_delete.empty()) sql += " ON DELETE " + reference.on_delete;
  if (!reference.on_update.empty()) sql += " ON UPDATE " + reference.on_update;
  if (constraint.initially_deferred) {
    sql += " DEFERRABLE INITIALLY DEFERRED";
  } else if (constraint.deferrable) {
    sql += " DEFERRABLE";
  }
  return sql;
}

std::string Body(const Constraint& constraint) {
  switch (constraint.kind) {
    case ConstraintKind::kPrimaryKey:
      return "PRIMARY KEY (" + Names(constraint.columns) + ")";
    case ConstraintKind::kUnique:
      return "UNIQUE (" + Names(constraint.columns) + ")";
    case ConstraintKind::kForeignKey:
      return ForeignKey(constraint);
    case ConstraintKind::kCheck:
      // The line break ends a comment at the end of the expression, which would
      // otherwise swallow the bracket.
      return "CHECK (" + constraint.check +
             (constraint.check.find("--") == std::string::npos ? ")" : "\n)");
    case ConstraintKind::kExclude:
      break;
  }
  throw Error(ErrorKind::kInternal, "a constraint of an unknown kind");
}

}  // namespace

std::string ConstraintSql(const schema::TableName& table,
                          const Constraint& constraint) {
  RefuseConstraint(table.name, constraint);
  // Inspect gives this name to a check without a name.
  const bool nameless = constraint.name == "CHECK (" + constraint.check + ")";
  if (nameless) return Body(constraint);
  return "CONSTRAINT " + BareOrQuoted(constraint.name) + " " + Body(constraint);
}

std::string CreateTableSql(const schema::Table& table) {
  if (!table.comment.empty()) {
    throw Refused(table.name.name, "comment",
                  "SQLite keeps no comments on tables");
  }
  std::vector<std::string> parts;
  for (const schema::Column& column : table.columns) {
    parts.push_back(ColumnText(table, column));
  }
  for (const Constraint& constraint : table.constraints) {
    parts.push_back(ConstraintSql(table.name, constraint));
  }
  return "CREATE TABLE " + BareOrQuoted(table.name.name) + " (\n  " +
         base::Join(parts, ",\n  ") + "\n)";
}

}  // namespace segue::sqlite
