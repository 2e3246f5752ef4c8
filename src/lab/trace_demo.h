// `segue demo --trace`: one rename, stopped after each phase to look at the
// table as old code, new code and the disk have it.
#pragma once

#include <ostream>

#include "segue/migrator.h"

namespace segue::lab {

// A real migration of a temporary SQLite file; what is printed is what the
// sessions answered. The same text each time.
Outcome RunTraceDemo(std::ostream& out);

}  // namespace segue::lab
