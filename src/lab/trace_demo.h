// `segue demo --trace`: stops one rename after each phase, and shows the table
// as old code, new code and the disk have it.
#pragma once

#include <ostream>

#include "segue/migrator.h"

namespace segue::lab {

// Runs a real migration of a temporary SQLite file, and prints what the
// sessions answer. The text is the same each time.
Outcome RunTraceDemo(std::ostream& out);

}  // namespace segue::lab
