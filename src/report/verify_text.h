// The results of a verification and of explained queries as text for people.
#pragma once

#include <string>

#include "segue/explain.h"
#include "segue/migrator.h"

namespace segue::report {

// Says whether old and new agree, names the rows where they do not, and says
// what to do next. With `options` it also lists repaired rows and rows that
// were given on both sides.
std::string VerifyText(const VerifyReport& report,
                       const VerifyOptions& options);

// Returns each query with its plan before and after, and the verdict.
std::string ExplainText(const ExplainReport& report);

}  // namespace segue::report
