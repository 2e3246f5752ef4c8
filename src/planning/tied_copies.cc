#include "planning/tied_copies.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "segue/error.h"

namespace segue::ops {
namespace {

bool IsCopied(const PlanContext& context, const std::string& table) {
  return context.claims.HasFate(table, TableFate::kRebuilt);
}

Error Refused(const std::string& copied, const schema::Table& owner,
              const schema::Constraint& key, const std::string& reason) {
  return Error(
             ErrorKind::kRefused,
             fmt::format("a copy cannot take the place of table '{}': foreign "
                         "key '{}' of '{}' {} in the same migration",
                         copied, key.name, owner.name.name, reason))
      .WithHint("split it into two migrations");
}

// Drops have the foreign key at their heels only where they come after the
// exchange, so that they are refused as the other changes of its columns are.
bool ChangesColumn(const PlanContext& context, const std::string& table,
                   const std::vector<std::string>& columns) {
  return std::any_of(
      columns.begin(), columns.end(), [&](const std::string& column) {
        return context.claims.IsTaken(table, column, Use::kChanges) ||
               context.claims.IsTaken(table, column, Use::kDrops);
      });
}

bool IsForeignKey(const schema::Constraint& one) {
  return one.kind == schema::ConstraintKind::kForeignKey;
}

void RefuseChanged(const schema::Table& owner, const schema::Constraint& key,
                   const PlanContext& context) {
  const std::string& from = owner.name.name;
  const std::string& to = key.reference.table;
  const bool refers = IsCopied(context, from);
  if (from == to || (!refers && !IsCopied(context, to))) return;
  if (refers && IsCopied(context, to)) {
    throw Refused(from, owner, key,
                  fmt::format("refers to '{}', which is copied", to));
  }
  if (refers && ChangesColumn(context, to, key.reference.columns)) {
    throw Refused(from, owner, key, "refers to a column that is changed");
  }
  if (!refers && ChangesColumn(context, from, key.columns)) {
    throw Refused(to, owner, key, "is over a column that is changed");
  }
}

// A table that the migration creates gets its foreign keys before the exchange
// looks.
void RefuseAdded(const schema::Schema& before, const schema::Table& table,
                 const PlanContext& context) {
  const schema::Table* was = before.FindTable(table.name.name);
  if (was == nullptr) return;
  for (const schema::Constraint& key : table.constraints) {
    if (!IsForeignKey(key) || !IsCopied(context, key.reference.table)) continue;
    if (was->FindConstraint(key.name) != nullptr) continue;
    throw Refused(key.reference.table, table, key, "is added or gets its name");
  }
}

}  // namespace

void RefuseTiedCopies(const schema::Schema& before,
                      const PlanContext& context) {
  // Elsewhere foreign keys have the names of tables in their texts.
  if (!context.capabilities().not_valid_constraints) return;
  for (const schema::Table& table : before.tables) {
    for (const schema::Constraint& key : table.constraints) {
      if (IsForeignKey(key)) RefuseChanged(table, key, context);
    }
  }
  for (const schema::Table& table : context.schema.tables) {
    RefuseAdded(before, table, context);
  }
}

}  // namespace segue::ops
