// Expressions of the user's as SQL text over a row.
#pragma once

#include <string>
#include <vector>

#include "plan/motion.h"
#include "schema/schema.h"

namespace segue::sqlite {

// The expression over the current row of `table`: its names are put in scope
// by a subquery, the text itself is never changed.
std::string Bound(const plan::Expression& expression, const std::string& table);

// Physical columns that the expression reads (a superset).
std::vector<std::string> ColumnsRead(const plan::Expression& expression);

// Whether `column` holds what storing `expression` in it would give: by bytes
// and type, after the column's affinity. Never NULL.
std::string StoresSame(const schema::Column& column,
                       const std::string& expression);

// Whether an UPDATE changed the column, by bytes and type: NOCASE and 1 = 1.0
// must not hide a change.
std::string Changed(const std::string& column);

}  // namespace segue::sqlite
