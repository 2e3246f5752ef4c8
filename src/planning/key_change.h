// The change of a column's type together with the columns that foreign keys tie
// to it: each gets a hidden column, and all of them take their places in one
// transaction.
#pragma once

#include <string>

#include "planning/operation.h"

namespace segue::ops {

struct KeyChangeSpec {
  std::string operation;  // its name in messages
  std::string table;
  std::string column;
  std::string type;
  // Over the column under its own name, for each of the tied columns; empty: a
  // conversion between the types.
  std::string up;
  std::string down;
  // The sequence goes on at the lowest value of the type meanwhile.
  bool negative_ids = false;
};

// True when the column is part of a primary key, or foreign keys lead to it, so
// that it cannot change alone.
bool IsTied(const schema::Schema& schema, const schema::Table& table,
            const std::string& column);

// True when the database numbers the column from a sequence.
bool IsNumbered(const schema::Column& column);

// Plans the change. Throws Error{kRefused} when a column, or what hangs on it,
// cannot be changed so.
void PlanKeyChange(PlanContext& context, const KeyChangeSpec& spec);

}  // namespace segue::ops
