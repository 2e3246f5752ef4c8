// Several columns of one table that one operation duplicates. Each gets a
// hidden column, which takes its place at the contract.
#pragma once

#include <list>
#include <map>
#include <string>
#include <vector>

#include "planning/shadow_column.h"
#include "planning/table_work.h"

namespace segue::ops {

using Expressions = std::map<std::string, std::string>;  // by column

// Returns the columns whose expression does more than name the column itself.
std::vector<std::string> Transformed(
    const Expressions& expressions, const std::vector<schema::Column>& columns);

class ColumnMotions : public MotionSteps {
 public:
  // Claims the columns. `leaving` is a constraint of the old columns that the
  // new ones do not get; empty: none. Throws Error{kRefused} when a column
  // cannot be duplicated.
  ColumnMotions(TableWork& work, const std::vector<std::string>& columns,
                const Expressions& up, const Expressions& down,
                const std::string& leaving = "");

  // The table's columns as the new version sees them.
  const std::vector<schema::Column>& columns() const { return columns_; }
  // Returns the values that the new columns will hold.
  std::vector<plan::ConstraintTrial::Value> Filled() const;
  std::vector<std::string> Provenance() const;

  void Expand() override;
  void Migrate() override;
  // Also applies the new columns to the shape.
  void Contract() override;
  Place Switch() const override;

 private:
  void RefuseShared(const std::vector<std::string>& columns,
                    const std::string& leaving) const;
  std::string ExpressionOf(const Expressions& expressions,
                           const std::string& column) const;
  void Begin(const std::string& name, const Expressions& up,
             const Expressions& down, const std::string& leaving);

  TableWork& work_;
  std::vector<schema::Column> columns_;
  std::vector<plan::ConstraintTrial::Value> filled_;
  std::list<ShadowColumn> shadows_;
};

}  // namespace segue::ops
