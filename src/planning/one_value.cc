#include "planning/one_value.h"

#include <fmt/format.h>

#include <algorithm>

#include "planning/expression.h"

namespace segue::ops {
namespace {

// Returns what takes a value only once, in words; empty: nothing does.
std::string TakesOnce(const schema::Table& table, const std::string& column) {
  for (const schema::Index& index : table.indexes) {
    if (index.unique && index.columns.size() == 1 &&
        index.columns.front().name == column) {
      return fmt::format("unique index '{}'", index.name);
    }
  }
  for (const schema::Constraint& constraint : table.constraints) {
    const auto& columns = constraint.columns;
    if (constraint.kind == schema::ConstraintKind::kExclude &&
        std::find(columns.begin(), columns.end(), column) != columns.end()) {
      return fmt::format("exclusion constraint '{}'", constraint.name);
    }
  }
  return "";
}

}  // namespace

bool IsOneValue(const TableWork& work, const plan::Expression& value) {
  return value.is_immutable && !IsNull(value.sql) &&
         schema::ReferencedColumns(value.sql,
                                   schema::NamesOf(work.live().columns))
             .empty();
}

void RefuseOneValue(const TableWork& work, const schema::Column& column,
                    const std::string& key, const plan::Expression& value) {
  if (!IsOneValue(work, value)) return;
  const std::string once = TakesOnce(work.live(), column.physical());
  if (once.empty()) return;
  throw work
      .Refused(column.name,
               fmt::format("'{}' gives every new row the same value, which {} "
                           "takes only once",
                           key, once))
      .WithHint("give an expression that differs in each row");
}

}  // namespace segue::ops
