// The columns that foreign keys tie to a column: when its type changes, theirs
// have to change with it.
#pragma once

#include <string>
#include <vector>

#include "schema/schema.h"

namespace segue::ops {

// A column by its name in the database.
struct TiedColumn {
  std::string table;
  std::string column;
  friend bool operator==(const TiedColumn&, const TiedColumn&) = default;
};

struct TiedKey {
  std::string table;  // that has the foreign key
  schema::Constraint constraint;
};

struct Ties {
  // The column itself comes first, and a column after the one that it refers
  // to. Those that have the type `type` already are not among them.
  std::vector<TiedColumn> columns;
  // The foreign keys from or to one of the columns.
  std::vector<TiedKey> foreign_keys;

  bool Moves(const std::string& table, const std::string& column) const;
  // Returns the tables of the columns, each once, in the same order.
  std::vector<std::string> Tables() const;
};

// Follows the foreign keys of the schema that lead to the column, and to the
// columns that refer to it. A foreign key of another schema is not found.
Ties TiesOf(const schema::Schema& schema, const TiedColumn& first,
            const std::string& type);

}  // namespace segue::ops
