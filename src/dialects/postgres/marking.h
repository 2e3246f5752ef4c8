// The marking of rows on which `up` or `down` raises an error. The write goes
// through, the side that has no value is NULL, the provenance of the row says
// so, and a table keeps the error.
#pragma once

#include <string>
#include <vector>

#include "db/language.h"
#include "dialects/postgres/motion_terms.h"

namespace segue::postgres {

// Returns a part of the trigger's body: `assign` in a block of its own. When
// `assign` raises an error that comes from the row's data, the block runs
// `failed` instead and keeps the error.
std::string Guarded(const MotionTerms& terms, const std::string& assign,
                    const std::string& direction, const std::string& failed);

// True when the triggers of the motion mark rows in one of their forms.
bool EverMarks(const MotionTerms& terms);
// Returns CREATE FUNCTION for the function that keeps an error; empty when the
// motion never marks a row.
std::vector<std::string> MarkFunctions(const MotionTerms& terms);
// Returns the statements that delete the kept errors of the motion; empty when
// the motion never marks a row.
std::vector<std::string> ForgetErrors(const MotionTerms& terms);

// Returns a condition that is true for a marked row.
std::string IsMarked(const MotionTerms& terms, const std::string& row);
// Returns the SELECT of a text that says how many rows have no old side because
// `down` failed, for a motion without provenance; no row where there is none.
std::string RowsWithoutOld(const MotionTerms& terms,
                           const db::RenderContext& context);
// Returns an expression for the error of a marked row, as text.
std::string ErrorOf(const MotionTerms& terms, const std::string& row);

}  // namespace segue::postgres
