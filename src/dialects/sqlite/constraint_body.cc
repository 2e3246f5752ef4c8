#include "dialects/sqlite/constraint_body.h"

#include <vector>

#include "base/text.h"
#include "dialects/sqlite/names.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

using schema::Constraint;
using schema::ConstraintKind;

std::string Names(const std::vector<std::string>& columns) {
  std::vector<std::string> names;
  for (const std::string& column : columns) {
    names.push_back(BareOrQuoted(column));
  }
  return base::Join(names, ", ");
}

std::string ForeignKey(const Constraint& constraint) {
  const schema::Reference& reference = constraint.reference;
  if (!reference.on_delete_set_columns.empty()) {
    throw Error(ErrorKind::kRefused,
                "foreign key '" + constraint.name +
                    "': SQLite sets all columns: leave out "
                    "'on_delete_set_columns'");
  }
  if (reference.match == "FULL" && constraint.columns.size() > 1) {
    throw Error(ErrorKind::kRefused, "foreign key '" + constraint.name +
                                         "': SQLite does not keep MATCH FULL");
  }
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
    case ConstraintKind::kCheck: {
      const bool comment = constraint.check.find("--") != std::string::npos;
      return "CHECK (" + constraint.check + (comment ? "\n)" : ")");
    }
    case ConstraintKind::kForeignKey:
      return constraint.reference.table.empty() ? constraint.definition
                                                : ForeignKey(constraint);
    case ConstraintKind::kUnique:
      return "UNIQUE (" + Names(constraint.columns) + ")";
    case ConstraintKind::kPrimaryKey:
      return "PRIMARY KEY (" + Names(constraint.columns) + ")";
    case ConstraintKind::kExclude:
      break;
  }
  throw Error(ErrorKind::kRefused, "constraint '" + constraint.name +
                                       "': SQLite has no exclusion "
                                       "constraints");
}

}  // namespace

std::string ConstraintSql(const Constraint& constraint) {
  return "CONSTRAINT " + BareOrQuoted(constraint.name) + " " + Body(constraint);
}

}  // namespace segue::sqlite
