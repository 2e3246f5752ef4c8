#include "planning/one_value.h"

#include <fmt/format.h>

#include <algorithm>

#include "planning/expression.h"

namespace segue::ops {
namespace {

bool Has(const schema::Index& index, const std::string& column) {
  return std::any_of(
      index.columns.begin(), index.columns.end(),
      [&](const schema::IndexColumn& one) { return one.name == column; });
}

// True when the columns of `index` beside this one are unique without it.
bool IsUniqueWithout(const schema::Table& table, const schema::Index& index,
                     const std::string& column) {
  const auto within = [&](const std::string& one) {
    return one != column && Has(index, one);
  };
  const std::vector<std::string> key = table.WalkKey();
  if (!key.empty() && std::all_of(key.begin(), key.end(), within)) return true;
  return std::any_of(
      table.indexes.begin(), table.indexes.end(), [&](const auto& other) {
        return other.unique && other.predicate.empty() &&
               std::all_of(other.columns.begin(), other.columns.end(),
                           [&](const schema::IndexColumn& one) {
                             return !one.name.empty() && within(one.name);
                           });
      });
}

// Returns what takes a value only once, in words; empty: nothing does.
std::string TakesOnce(const schema::Table& table, const std::string& column) {
  for (const schema::Index& index : table.indexes) {
    if (index.unique && Has(index, column) &&
        !IsUniqueWithout(table, index, column)) {
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

// True when the expression has the same value whatever is in these columns.
bool IsSameFor(const plan::Expression& value,
               const std::vector<std::string>& columns) {
  return value.is_immutable && !IsNull(value.sql) &&
         schema::ReferencedColumns(value.sql, columns).empty();
}

}  // namespace

void RefuseOneValue(const TableWork& work, const schema::Column& column,
                    const std::string& key, const plan::Expression& value) {
  // The rows that get it have nothing in the column itself.
  std::vector<std::string> others = schema::NamesOf(work.live().columns);
  std::erase(others, column.name);
  if (!IsSameFor(value, others)) return;
  const std::string once = TakesOnce(work.live(), column.physical());
  if (once.empty()) return;
  throw work
      .Refused(column.name,
               fmt::format("'{}' gives every new row the same value, which {} "
                           "takes only once, or once for each value of its "
                           "other columns",
                           key, once))
      .WithHint(
          "give an expression that differs in each row, or drop the index in "
          "a migration of its own first");
}

void RefuseUnfitValue(const TableWork& work, const schema::Column& column,
                      const std::string& key, const plan::Expression& value,
                      bool only_null, const std::string& row) {
  const db::Answer& answer = work.context().Ask(db::FilledQuestion{
      work.live().name, column.physical(), value.sql, value.bindings,
      IsSameFor(value, schema::NamesOf(work.live().columns)), only_null});
  if (answer.error.empty()) return;
  throw work.Refused(column.name, row + ": " + answer.error)
      .WithHint(fmt::format("let '{}' give values that the table takes", key));
}

}  // namespace segue::ops
