// The views through which a version sees its tables.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "schema/schema.h"

namespace segue::plan {

// Shows columns of one table, row by row.
struct Projection {
  schema::TableName base;
  // The condition, over the physical columns, of the rows that are shown and
  // that can be written; empty: all.
  std::string where = {};
};

// Shows each row of `left` with the row of `right` that belongs to it. A row of
// `left` without one is shown too, with NULL in the columns of `right`.
struct Join {
  struct Pair {
    std::string left;
    std::string right;
  };
  schema::TableName left;
  schema::TableName right;
  std::vector<Pair> on;  // pairs of equal physical columns; never empty
  // The names, in the view, of the columns whose values come from `right`.
  std::vector<std::string> from_right;
};

// Shows the rows of all parts, which have the same physical column names. A row
// that is in two parts is shown twice. There is at least one part.
struct Union {
  std::vector<schema::TableName> parts;
};

// Shows columns of each row of a table as a row of a table of its own, which
// takes the place of the view with the contract. An INSERT gives its values to
// the row of `base` with this key, which has to be there; a DELETE sets them to
// NULL; the key itself takes no UPDATE. Until then the columns of the view
// other than the key are only in `base`.
struct Part {
  schema::TableName base;
  std::string primary_key;  // names of the later table's constraints, for
  std::string foreign_key;  // errors; empty where the database tells none
};

using ViewSource = std::variant<Projection, Join, Union, Part>;

// The view of one table in the shape of the new version.
struct VersionView {
  ViewSource source;
  std::string name;                     // of the view
  std::vector<schema::Column> columns;  // name, stored_as, default_sql
  std::vector<std::string> grants;      // "SELECT TO app"
  // The columns whose default_sql is set on the view.
  std::vector<std::string> view_defaults;
  // True when the migration does not work on the table, and the view shows it
  // as it is. It is not kept in the shape of a version.
  bool untouched = false;
  // The columns that an INSERT through the view has to give, although the table
  // does not ask for them yet.
  std::vector<std::string> required;
  // A database whose views need triggers to write the table uses these. The key
  // has the physical columns that identify a row (empty: none do), and `hidden`
  // has the columns of the application that this shape does not show.
  std::vector<std::string> key;
  bool key_may_be_null = false;
  std::vector<std::string> hidden;
  // The provenance columns (see ColumnMotion) in which an INSERT through the
  // view says that the new version writes, for databases whose triggers cannot
  // ask the session.
  struct Mark {
    std::string motion;
    std::string column;
  };
  std::vector<Mark> marks;

  // Returns the first of its tables, which for a projection is the only one.
  const schema::TableName& base() const;
  std::vector<schema::TableName> Tables() const;
  // Returns "table 'a'" or "tables 'a', 'b'", for messages.
  std::string Subject() const;
  // True when the view shows one table as it is written. Of the others, only a
  // Part takes writes.
  bool projects() const { return std::holds_alternative<Projection>(source); }
};

}  // namespace segue::plan
