// The part of a constraint's trial that all databases share. A dialect gives
// the values of the columns.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "db/spelling.h"
#include "plan/action.h"

namespace segue::db {

// True when the table and every column that the trial reads are there before
// the migration. A table or a column that the same plan adds has no rows to
// ask.
bool CanBeTried(const schema::TableName& table,
                const plan::ConstraintTrial& trial,
                const schema::Schema& before);

// Returns what is wrong with a row that the trial of this constraint finds.
std::string TrialReason(const plan::ConstraintTrial& trial);

// `values` are the SQL expressions for the columns of the trial, in order, over
// one row.
class TrialTerms {
 public:
  // Both arguments must outlive the object.
  TrialTerms(const Spelling& spelling, const plan::ConstraintTrial& trial,
             std::vector<std::string> values)
      : spelling_(spelling), trial_(trial), values_(std::move(values)) {}

  const std::vector<std::string>& values() const { return values_; }
  // Returns "a, b".
  std::string List() const;
  // Returns the condition that none of the values is NULL.
  std::string Given() const;
  // Returns the check for the row. Its names are bound by a scope that has the
  // table's name, because a check may say table.column.
  std::string Holds(const std::string& table) const;
  // Returns the condition that the row refers to no row of `parent`, which has
  // the referenced columns. `parents` is the beginning of a SELECT from that
  // table under the name `alias`.
  std::string HasNoParent(const schema::Table& parent,
                          const std::string& parents,
                          const std::string& alias) const;

 private:
  const Spelling& spelling_;
  const plan::ConstraintTrial& trial_;
  std::vector<std::string> values_;
};

}  // namespace segue::db
