// The dual-write triggers: their functions and the statements that install and
// remove them. docs/decisions/dual-writes.md says why they are as they are.
#pragma once

#include <string>
#include <vector>

#include "dialects/postgres/motion_terms.h"
#include "plan/motion.h"

namespace segue::postgres {

// Returns CREATE FUNCTION for a function that returns the value of the
// expression as `type`. `name` is already quoted.
std::string FunctionSql(const std::string& name,
                        const plan::Expression& expression,
                        const std::string& type, int major);

// Returns CREATE FUNCTION for `up`, `down` and the defaults that the motion
// has. `major` is the version of the server. The names in the expressions are
// bound under the search_path of the session that runs the statements.
std::vector<std::string> ExpressionFunctions(const MotionTerms& terms,
                                             int major);
// Returns the names of those functions and of the trigger function.
std::vector<std::string> FunctionNames(const MotionTerms& terms);

// Returns CREATE FUNCTION for the trigger function (trigger_body.cc), which
// does `first` before anything else.
std::string TriggerFunctionSql(const MotionTerms& terms,
                               const std::string& first);
// Returns a condition that is true in a statement of the runner's own that
// moves rows, at this depth of triggers: 1 in the function of a trigger that
// the statement fires, 0 in the trigger's WHEN.
std::string ByRunner(int depth);
// Returns the part of a trigger function that refuses a NULL in a new column
// which takes none in the end, with the server's own message (trigger_body.cc).
std::string RefuseNewNull(const MotionTerms& terms);
// True when the motion only supplies the old column on INSERT.
bool IsInsertOnly(const MotionTerms& terms);

// Returns $segue$...$segue$ with a tag that does not occur in `text`.
std::string DollarQuoted(const std::string& text);

}  // namespace segue::postgres
