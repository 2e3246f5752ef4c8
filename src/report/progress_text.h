// The rows and the pace of a running migration as text for people.
#pragma once

#include <string>

#include "segue/progress.h"

namespace segue::report {

// Returns a text such as "40 %".
std::string PaceText(double share);
// Returns a text such as "1,040,000/2,000,000 rows 85,000/s ETA 12 s"; empty
// without rows.
std::string RowsText(const Progress& progress);

}  // namespace segue::report
