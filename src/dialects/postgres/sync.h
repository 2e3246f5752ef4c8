// Dual-write triggers (see "Dual writes" in the design): the functions behind
// them and the statements that install and remove them.
#pragma once

#include <string>
#include <vector>

#include "dialects/postgres/motion_terms.h"
#include "plan/motion.h"

namespace segue::postgres {

// CREATE FUNCTION `name`, already quoted, that answers the expression as
// `type`.
std::string FunctionSql(const std::string& name,
                        const plan::Expression& expression,
                        const std::string& type, int major);

// CREATE FUNCTION for `up`, `down` and the defaults, as far as there are any.
// `major`: the server's version. Their names are bound under the search_path
// of the moment.
std::vector<std::string> ExpressionFunctions(const MotionTerms& terms,
                                             int major);
// The names of those functions and of the trigger function.
std::vector<std::string> FunctionNames(const MotionTerms& terms);

// CREATE FUNCTION of the trigger function (trigger_body.cc).
std::string TriggerFunctionSql(const MotionTerms& terms);
// The motion only supplies the old column on INSERT.
bool IsInsertOnly(const MotionTerms& terms);

// $segue$...$segue$, with a tag that does not occur in `text`.
std::string DollarQuoted(const std::string& text);

}  // namespace segue::postgres
