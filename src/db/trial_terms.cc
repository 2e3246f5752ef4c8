#include "db/trial_terms.h"

#include "base/text.h"

namespace segue::db {

using schema::Constraint;
using schema::ConstraintKind;

bool CanBeTried(const schema::TableName& table,
                const plan::ConstraintTrial& trial,
                const schema::Schema& before) {
  const schema::Table* there = before.FindTable(table.name);
  if (there == nullptr) return false;
  for (const auto& value : trial.values) {
    for (const plan::Binding& binding : value.value.bindings) {
      if (there->FindColumn(binding.column) == nullptr) return false;
    }
  }
  for (const schema::Column& column : trial.key) {
    if (there->FindColumn(column.physical()) == nullptr) return false;
  }
  return true;
}

std::string TrialReason(const plan::ConstraintTrial& trial) {
  const Constraint& constraint = trial.constraint;
  std::vector<std::string> columns;
  for (const auto& value : trial.values) columns.push_back(value.column);
  switch (constraint.kind) {
    case ConstraintKind::kCheck:
      return "breaks check '" + constraint.name + "'";
    case ConstraintKind::kForeignKey:
      return "foreign key '" + constraint.name + "' finds no row of '" +
             constraint.reference.table + "'";
    case ConstraintKind::kUnique:
    case ConstraintKind::kPrimaryKey:
      return "its " + base::Join(columns, ", ") + " is not unique";
    case ConstraintKind::kExclude:
      break;  // no database tries one
  }
  return "";
}

std::string TrialTerms::List() const { return base::Join(values_, ", "); }

std::string TrialTerms::Given() const {
  std::vector<std::string> given;
  given.reserve(values_.size());
  for (const std::string& value : values_) {
    given.push_back(value + " IS NOT NULL");
  }
  return base::Join(given, " AND ");
}

std::string TrialTerms::Holds(const std::string& table) const {
  // The line break ends a comment at the end of the check.
  const std::string check = "(" + trial_.constraint.check + "\n)";
  std::vector<std::string> scope;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    scope.push_back(values_[i] + " AS " +
                    spelling_.Name(trial_.values[i].column));
  }
  if (scope.empty()) return check;
  return "(SELECT " + check + " FROM (SELECT " + base::Join(scope, ", ") +
         ") AS " + spelling_.Name(table) + ")";
}

std::string TrialTerms::HasNoParent(const schema::Table& parent,
                                    const std::string& parents,
                                    const std::string& alias) const {
  std::vector<std::string> pairs;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const schema::Column& column = schema::RequireColumn(
        parent, trial_.constraint.reference.columns.at(i));
    pairs.push_back(spelling_.Equals(alias + "." + spelling_.Name(column.name),
                                     column, values_[i],
                                     trial_.values[i].type));
  }
  return Given() + " AND NOT EXISTS (" + parents + " WHERE " +
         base::Join(pairs, " AND ") + ")";
}

}  // namespace segue::db
