#include "planning/heirs.h"

#include <set>
#include <string>

namespace segue::ops {
namespace {

// The column as the parent had it before, by its physical name.
const schema::Column* Before(const schema::Table* parent,
                             const schema::Column& column) {
  return parent == nullptr ? nullptr : parent->FindColumn(column.physical());
}

void Follow(const schema::Table* before, const schema::Table& parent,
            schema::Table& heir) {
  for (const schema::Column& column : parent.columns) {
    const schema::Column* old = Before(before, column);
    if (old == nullptr) {
      if (heir.FindColumn(column.name) == nullptr) {
        heir.columns.push_back(column);
      }
      continue;
    }
    schema::Column* own = heir.FindColumn(old->name);
    if (own == nullptr) continue;
    if (column.default_sql != old->default_sql) {
      own->default_sql = column.default_sql;
    }
    if (column.name == old->name) continue;
    own->stored_as = own->physical();
    own->name = column.name;
  }
}

void FollowIn(const schema::Schema& before, const std::string& parent,
              PlanContext& context) {
  const schema::Table* table = context.schema.FindTable(parent);
  if (table == nullptr) return;
  for (const schema::Dependent& dependent : table->dependents) {
    if (dependent.kind != "inheriting table") continue;
    schema::Table* heir = context.schema.FindTable(dependent.name);
    if (heir == nullptr || heir->name.schema != dependent.schema) continue;
    Follow(before.FindTable(parent), *table, *heir);
    FollowIn(before, dependent.name, context);
  }
}

std::set<std::string> HeirsIn(const schema::Schema& schema) {
  std::set<std::string> heirs;
  for (const schema::Table& table : schema.tables) {
    for (const schema::Dependent& dependent : table.dependents) {
      if (dependent.kind == "inheriting table") heirs.insert(dependent.name);
    }
  }
  return heirs;
}

}  // namespace

void FollowParents(const schema::Schema& before, PlanContext& context) {
  const std::set<std::string> heirs = HeirsIn(before);
  for (const schema::Table& table : before.tables) {
    if (heirs.count(table.name.name) == 0) {
      FollowIn(before, table.name.name, context);
    }
  }
}

}  // namespace segue::ops
