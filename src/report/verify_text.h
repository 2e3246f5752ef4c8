// What a check of rows and of queries came to, in words.
#pragma once

#include <string>

#include "segue/explain.h"
#include "segue/migrator.h"

namespace segue::report {

// Whether old and new agree, the rows where they do not, and what to do next;
// with `options` also what was derived again and what was given on both sides.
std::string VerifyText(const VerifyReport& report,
                       const VerifyOptions& options);

// Each query with its plan before and after, and the verdict.
std::string ExplainText(const ExplainReport& report);

}  // namespace segue::report
