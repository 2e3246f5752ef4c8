// SQL text that evaluates the user's expressions over a row.
#pragma once

#include <string>
#include <vector>

#include "plan/motion.h"
#include "schema/schema.h"

namespace segue::sqlite {

// Returns the expression over the current row of `table`. A subquery puts the
// names of the expression in scope; the text of the expression itself never
// changes.
std::string Bound(const plan::Expression& expression, const std::string& table);

// Returns a superset of the physical columns that the expression reads.
std::vector<std::string> ColumnsRead(const plan::Expression& expression);

// Returns a condition that is true when `column` has the value that storing
// `expression` in it would give, compared by bytes and type after the column's
// affinity. The condition is never NULL.
std::string StoresSame(const schema::Column& column,
                       const std::string& expression);

// Returns a condition that is true when `value`, such as NEW.c, is what storing
// the default in the column gives. The condition is never NULL.
std::string IsDefault(const std::string& value, const schema::Column& column,
                      const std::string& default_sql);

// Returns a condition that is true when an UPDATE has changed the column. It
// compares bytes and types, because NOCASE and 1 = 1.0 must not hide a change.
std::string Changed(const std::string& column);

}  // namespace segue::sqlite
