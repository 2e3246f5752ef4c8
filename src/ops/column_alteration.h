// Compares an alter_column with the existing column: which of its changes
// change anything, and whether values have to move for them.
#pragma once

#include <string>
#include <vector>

#include "ops/alter_column.h"
#include "schema/schema.h"

namespace segue::ops {

struct ColumnAlteration {
  schema::Column target;  // the column after every change
  bool name = false;
  bool type = false;
  bool not_null = false;
  bool nullable = false;
  bool default_value = false;
  bool comment = false;
  std::vector<schema::Constraint> constraints;  // without those that exist
  // Never empty: without an `up` in the file it is the column itself, with a
  // cast if one is needed.
  std::string up;
  std::string down;
  bool up_transforms = false;  // `up` is more than the column itself
  bool down_transforms = false;
  // The file has the present type or name with expressions: the values move
  // although the column stays as it is.
  bool values = false;
  std::vector<std::string> notes;  // changes that exist already

  bool empty() const {
    return !name && !type && !not_null && !nullable && !default_value &&
           !comment && !values && constraints.empty();
  }
  // True when clients can write the new shape before the contract.
  bool new_side_writes(Access access) const {
    return access == Access::kVersioned || name;
  }
  // True when the server has to accept the default for the column's type.
  bool asks_default() const {
    return target.default_sql && (type || default_value);
  }
  // Returns a text such as "type integer -> bigint, not null, default 0".
  std::string Text(const schema::Column& old) const;
};

ColumnAlteration Resolve(const AlterColumnSpec& spec, const schema::Column& old,
                         const db::Language& language);

// Returns the table's columns with `old` replaced by the target, which may be
// stored under another name. `down` is written over this new shape.
std::vector<schema::Column> NewShape(const schema::Table& table,
                                     const schema::Column& old,
                                     const schema::Column& target);

}  // namespace segue::ops
