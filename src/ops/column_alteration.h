// What an alter_column comes to on the column there is: which of its changes
// change anything, and whether values have to move for them.
#pragma once

#include <string>
#include <vector>

#include "ops/alter_column.h"
#include "schema/schema.h"

namespace segue::ops {

struct ColumnAlteration {
  schema::Column target;  // the column with every change applied
  bool name = false;
  bool type = false;
  bool not_null = false;
  bool nullable = false;
  bool default_value = false;
  bool comment = false;
  std::vector<schema::Constraint> constraints;  // without those there are
  // Never empty: where the file gives none, the column itself, cast if needed.
  std::string up;
  std::string down;
  bool up_transforms = false;  // more than the column itself
  bool down_transforms = false;
  std::vector<std::string> notes;  // what was there already

  bool empty() const {
    return !name && !type && !not_null && !nullable && !default_value &&
           !comment && constraints.empty();
  }
  // The default must be one that the column's type takes.
  bool asks_default() const {
    return target.default_sql && (type || default_value);
  }
  // "type integer -> bigint, not null, default 0"
  std::string Text(const schema::Column& old) const;
};

ColumnAlteration Resolve(const AlterColumnSpec& spec, const schema::Column& old,
                         const db::Language& language);

// The table's columns with `old` replaced by the target, which may be stored
// under another name: the new shape, over which `down` is written.
std::vector<schema::Column> NewShape(const schema::Table& table,
                                     const schema::Column& old,
                                     const schema::Column& target);

}  // namespace segue::ops
