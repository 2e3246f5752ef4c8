// An expression that gives each row the same value, over a column that takes
// each value only once.
#pragma once

#include <string>

#include "plan/motion.h"
#include "planning/table_work.h"

namespace segue::ops {

// Throws Error{kRefused} when `value`, which the file gives as `key`, is the
// same in every row and a unique index or an exclusion constraint over the
// column takes it once, or once for each value of other columns that need not
// be unique themselves.
void RefuseOneValue(const TableWork& work, const schema::Column& column,
                    const std::string& key, const plan::Expression& value);

// Throws Error{kRefused} when the table would not take the value in a row,
// where the database can try that; `row` says which row it is.
void RefuseUnfitValue(const TableWork& work, const schema::Column& column,
                      const std::string& key, const plan::Expression& value,
                      bool only_null, const std::string& row);

}  // namespace segue::ops
