// What a running migration says of its rows and its pace, in words.
#pragma once

#include <string>

#include "segue/progress.h"

namespace segue::report {

// "40 %"
std::string PaceText(double share);
// "1,040,000/2,000,000 rows 85,000/s ETA 12 s"; empty without rows.
std::string RowsText(const Progress& progress);

}  // namespace segue::report
