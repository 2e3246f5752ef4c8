#include "planning/column_motions.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "plan/names.h"
#include "planning/expression.h"
#include "planning/obstacles.h"
#include "planning/seal.h"
#include "schema/constraint_text.h"

namespace segue::ops {
namespace {

// Returns the columns, with the duplicated ones in the place where they live
// until the contract.
std::vector<schema::Column> Moved(std::vector<schema::Column> columns,
                                  const std::vector<std::string>& names,
                                  std::size_t limit) {
  for (schema::Column& column : columns) {
    const bool moves =
        std::find(names.begin(), names.end(), column.name) != names.end();
    if (moves) column.stored_as = plan::HiddenColumn(column.name, limit);
  }
  return columns;
}

// A constraint that is dropped with the old columns is no obstacle to their
// replacement.
schema::Table Without(schema::Table table, const std::string& constraint) {
  if (constraint.empty()) return table;
  const auto is_it = [&](const schema::Constraint& one) {
    return one.name == constraint;
  };
  const auto backs_it = [&](const schema::Index& index) {
    return index.constraint == constraint || index.name == constraint;
  };
  auto& constraints = table.constraints;
  auto& indexes = table.indexes;
  constraints.erase(
      std::remove_if(constraints.begin(), constraints.end(), is_it),
      constraints.end());
  indexes.erase(std::remove_if(indexes.begin(), indexes.end(), backs_it),
                indexes.end());
  return table;
}

}  // namespace

std::vector<std::string> Transformed(
    const Expressions& expressions,
    const std::vector<schema::Column>& columns) {
  std::vector<std::string> names;
  for (const auto& [name, sql] : expressions) {
    const plan::Expression expression{sql, Bind(sql, columns)};
    const auto plain = expression.PlainColumn();
    const schema::Column* column = schema::FindColumn(columns, name);
    const bool itself =
        plain && column != nullptr && *plain == column->physical();
    if (!itself) names.push_back(name);
  }
  return names;
}

ColumnMotions::ColumnMotions(TableWork& work,
                             const std::vector<std::string>& columns,
                             const Expressions& up, const Expressions& down,
                             const std::string& leaving)
    : work_(work),
      columns_(Moved(work.shape().columns, columns,
                     work.capabilities().max_identifier)) {
  for (const std::string& name : columns) work_.Take(name, Use::kChanges);
  RefuseShared(columns, leaving);
  for (const std::string& name : columns) Begin(name, up, down, leaving);
}

// Each of the two copies of the constraint would be over one new column and one
// old one.
void ColumnMotions::RefuseShared(const std::vector<std::string>& columns,
                                 const std::string& leaving) const {
  for (const schema::Index& index : work_.live().indexes) {
    const auto uses = [&](const std::string& column) {
      return UsesPlainly(index, column);
    };
    if (std::count_if(columns.begin(), columns.end(), uses) < 2) continue;
    throw work_
        .Refused(columns[0],
                 fmt::format("index '{}' is over several of the columns that "
                             "'up' or 'down' would duplicate",
                             index.name))
        .WithHint("mend the rows first and leave out 'up' and 'down'");
  }
  for (const schema::Constraint& constraint : work_.live().constraints) {
    const auto moves = [&](const std::string& column) {
      return CanMove(work_.live(), constraint, column);
    };
    if (constraint.name == leaving) continue;
    if (std::count_if(columns.begin(), columns.end(), moves) < 2) continue;
    throw work_
        .Refused(
            columns[0],
            fmt::format("{} '{}' is over several of the columns that "
                        "'up' or 'down' would duplicate",
                        schema::KindText(constraint.kind), constraint.name))
        .WithHint("mend the rows first and leave out 'up' and 'down'");
  }
}

// A column without an expression of its own is copied unchanged.
std::string ColumnMotions::ExpressionOf(const Expressions& expressions,
                                        const std::string& column) const {
  const auto found = expressions.find(column);
  return found == expressions.end() ? work_.spelling().Name(column)
                                    : found->second;
}

void ColumnMotions::Begin(const std::string& name, const Expressions& up,
                          const Expressions& down, const std::string& leaving) {
  const schema::Column old = *work_.live().FindColumn(name);
  const schema::Table table = Without(work_.live(), leaving);
  const std::vector<std::string> reasons =
      Obstacles(table, old, Fate::kReplaced, work_.capabilities());
  if (!reasons.empty()) {
    throw work_.Refused(name, base::Join(reasons, "; "))
        .WithHint("a column with these cannot be duplicated yet");
  }
  ShadowRequest request;
  request.old_column = old;
  request.target = old;
  request.leaving = leaving;
  request.physical =
      plan::HiddenColumn(name, work_.capabilities().max_identifier);
  work_.TakeFreeName(request.physical);
  work_.TakeReferences(ExpressionOf(up, name), name);
  work_.TakeReferences(ExpressionOf(down, name), name);
  request.up = Examined(work_.context(), work_.live(), work_.live().columns,
                        {"up", name, ExpressionOf(up, name), old.type});
  request.down = Examined(work_.context(), work_.live(), columns_,
                          {"down", name, ExpressionOf(down, name), old.type});
  filled_.push_back({name, old.type, request.up});
  shadows_.emplace_back(work_, std::move(request));
}

std::vector<plan::ConstraintTrial::Value> ColumnMotions::Filled() const {
  return filled_;
}

std::vector<std::string> ColumnMotions::Provenance() const {
  std::vector<std::string> names;
  for (const ShadowColumn& shadow : shadows_) {
    names.push_back(shadow.provenance());
  }
  return names;
}

// The triggers of each motion may read the columns of the others, so the
// columns come first.
void ColumnMotions::Expand() {
  const TableWork::Together together(work_, Phase::kExpanding);
  for (ShadowColumn& shadow : shadows_) shadow.AddColumns();
  for (ShadowColumn& shadow : shadows_) shadow.StartSync();
}

void ColumnMotions::Migrate() {
  for (ShadowColumn& shadow : shadows_) shadow.Migrate();
}

Place ColumnMotions::Switch() const { return SwitchPlace(work_); }

void ColumnMotions::Contract() {
  const TableWork::Together together(work_, kDrop);
  const TableWork::Together sealed(work_, Switch());
  for (ShadowColumn& shadow : shadows_) shadow.StopSync();
  for (ShadowColumn& shadow : shadows_) {
    shadow.Contract();
    const schema::Column column = shadow.Shape();
    *work_.shape().FindColumn(column.name) = column;
  }
}

}  // namespace segue::ops
