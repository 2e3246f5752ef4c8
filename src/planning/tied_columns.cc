#include "planning/tied_columns.h"

#include <algorithm>

#include "base/text.h"
#include "planning/expression.h"

namespace segue::ops {
namespace {

using schema::Constraint;
using schema::ConstraintKind;

// Adds the columns that refer to `parent`.
void Follow(const schema::Schema& schema, const TiedColumn& parent,
            const std::string& type, std::vector<TiedColumn>& columns) {
  for (const schema::Table& table : schema.tables) {
    for (const Constraint& key : table.constraints) {
      if (key.kind != ConstraintKind::kForeignKey) continue;
      if (key.reference.table != parent.table) continue;
      const std::vector<std::string>& named = key.reference.columns;
      for (std::size_t i = 0; i < named.size() && i < key.columns.size(); ++i) {
        if (named[i] != parent.column) continue;
        const TiedColumn child{table.name.name, key.columns[i]};
        const schema::Column* column = table.FindColumn(child.column);
        const bool known =
            std::find(columns.begin(), columns.end(), child) != columns.end();
        if (known || column == nullptr || SameType(column->type, type)) {
          continue;
        }
        columns.push_back(child);
      }
    }
  }
}

bool Concerns(const std::string& table, const Constraint& key,
              const Ties& ties) {
  return std::any_of(
      ties.columns.begin(), ties.columns.end(), [&](const TiedColumn& one) {
        return (one.table == table &&
                base::Contains(key.columns, one.column)) ||
               (one.table == key.reference.table &&
                base::Contains(key.reference.columns, one.column));
      });
}

}  // namespace

bool Ties::Moves(const std::string& table, const std::string& column) const {
  return std::find(columns.begin(), columns.end(), TiedColumn{table, column}) !=
         columns.end();
}

std::vector<std::string> Ties::Tables() const {
  std::vector<std::string> tables;
  for (const TiedColumn& one : columns) {
    if (!base::Contains(tables, one.table)) tables.push_back(one.table);
  }
  return tables;
}

Ties TiesOf(const schema::Schema& schema, const TiedColumn& first,
            const std::string& type) {
  Ties ties;
  ties.columns.push_back(first);
  for (std::size_t i = 0; i < ties.columns.size(); ++i) {
    const TiedColumn parent = ties.columns[i];
    Follow(schema, parent, type, ties.columns);
  }
  for (const schema::Table& table : schema.tables) {
    for (const Constraint& key : table.constraints) {
      const bool concerned = key.kind == ConstraintKind::kForeignKey &&
                             Concerns(table.name.name, key, ties);
      if (concerned) ties.foreign_keys.push_back({table.name.name, key});
    }
  }
  return ties;
}

}  // namespace segue::ops
