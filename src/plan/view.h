// Views through which a version sees its tables, and what they show.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "schema/schema.h"

namespace segue::plan {

// Columns of one table, row by row.
struct Projection {
  schema::TableName base;
};

// Each row of `left` with the row of `right` that belongs to it. One that has
// none is shown all the same, with NULL in the columns of `right`.
struct Join {
  struct Pair {
    std::string left;
    std::string right;
  };
  schema::TableName left;
  schema::TableName right;
  std::vector<Pair> on;  // physical columns that are equal; never empty
  // Columns of the view, by its own names, whose values live in `right`.
  std::vector<std::string> from_right;
};

// The rows of all of them, one after the other, under the same physical names;
// never empty. A row that is in two parts is shown twice.
struct Union {
  std::vector<schema::TableName> parts;
};

using ViewSource = std::variant<Projection, Join, Union>;

// A view per table, in the shape of the new version.
struct VersionView {
  ViewSource source;
  std::string name;                     // of the view
  std::vector<schema::Column> columns;  // name, stored_as, default_sql
  std::vector<std::string> grants;      // "SELECT TO app"
  // default_sql of these columns is set on the view (not the base's own).
  std::vector<std::string> view_defaults;
  // For a database whose views must be told how to write the base, by physical
  // names: what identifies a row (empty: nothing does), and the application's
  // columns that this shape does not show.
  std::vector<std::string> key;
  bool key_may_be_null = false;
  std::vector<std::string> hidden;
  // Where an INSERT says that the new version wrote, if a trigger cannot ask
  // the session: provenance columns (see ColumnMotion).
  struct Mark {
    std::string motion;
    std::string column;
  };
  std::vector<Mark> marks;

  // The first of its tables: for a projection the only one.
  const schema::TableName& base() const;
  std::vector<schema::TableName> Tables() const;
  // "table 'a'", "tables 'a', 'b'": for messages.
  std::string Subject() const;
  // Takes writes; others are read only.
  bool projects() const { return std::holds_alternative<Projection>(source); }
};

}  // namespace segue::plan
