// What every database looks for when it tries a constraint on the rows there
// are, put together of the values that the dialect gives.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "db/spelling.h"
#include "plan/action.h"

namespace segue::db {

// What is wrong with a row that the trial of this constraint finds.
std::string TrialReason(const plan::ConstraintTrial& trial);

// `values`: of each column of the trial, in order, as SQL over its row.
class TrialTerms {
 public:
  // Both arguments must outlive the object.
  TrialTerms(const Spelling& spelling, const plan::ConstraintTrial& trial,
             std::vector<std::string> values)
      : spelling_(spelling), trial_(trial), values_(std::move(values)) {}

  const std::vector<std::string>& values() const { return values_; }
  // "a, b"
  std::string List() const;
  // None of the values is NULL.
  std::string Given() const;
  // What a check says of the row. Its names are bound by a scope that is called
  // as the table is, since a check may say table.column.
  std::string Holds(const std::string& table) const;
  // The row points at no row of the referenced table: `parents` is the
  // beginning of a SELECT from it under the name `alias`.
  std::string HasNoParent(const std::string& parents,
                          const std::string& alias) const;
  // The values are those of a further row. `rows`: what is selected from.
  std::string IsRepeated(const std::string& rows) const;

 private:
  const Spelling& spelling_;
  const plan::ConstraintTrial& trial_;
  std::vector<std::string> values_;
};

}  // namespace segue::db
