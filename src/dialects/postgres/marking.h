// Rows that `up` or `down` raises on: the write goes through, the side that has
// no value is NULL, the row's provenance says so and a table keeps the error.
#pragma once

#include <string>
#include <vector>

#include "dialects/postgres/motion_terms.h"

namespace segue::postgres {

// For the trigger's body. `assign` in a block of its own; where it raises for
// the row's sake, `failed` instead, and the error is kept.
std::string Guarded(const MotionTerms& terms, const std::string& assign,
                    const std::string& direction, const std::string& failed);

// CREATE FUNCTION of what keeps an error; empty where no row is ever marked.
std::vector<std::string> MarkFunctions(const MotionTerms& terms);
// Forgets the motion's errors; empty likewise.
std::vector<std::string> ForgetErrors(const MotionTerms& terms);

// True for a marked row.
std::string IsMarked(const MotionTerms& terms, const std::string& row);
// The error of a marked row, as a text.
std::string ErrorOf(const MotionTerms& terms, const std::string& row);

}  // namespace segue::postgres
