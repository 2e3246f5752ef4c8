// A column that takes NULL and is to take none any more, without a second
// column beside it.
#pragma once

#include <string>

#include "planning/table_work.h"

namespace segue::ops {

// Returns the check that proves that a column has a value in each row.
schema::Constraint NotNullCheck(const TableWork& work,
                                const std::string& physical);

// True when nothing but a NULL becomes another value by `up`.
bool ChangesOnlyNull(const schema::Column& column, const plan::Expression& up);

// Plans that the triggers turn a NULL of any writer into `up`, that the rows
// which have NULL are filled, and that the contract makes the column NOT NULL.
void FillNull(TableWork& work, const schema::Column& column,
              const plan::Expression& up);

// Plans that nothing changes before the contract, which begins with the proof
// that no row has NULL, and then makes the column NOT NULL.
void ForbidNullAtContract(TableWork& work, const schema::Column& column);

}  // namespace segue::ops
