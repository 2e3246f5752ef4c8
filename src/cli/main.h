// The entry point of the command line: it takes words and returns an exit code.
#pragma once

#include <string>
#include <vector>

#include "cli/context.h"
#include "segue/cancel.h"

namespace segue::cli {

// Returns the result of main(). Catches everything.
int Main(int argc, char** argv);

// Does the same with a given outside world. An error becomes text on
// `around.err` or, with --json, one object on `around.out`. Returns the exit
// code.
int RunCommandLine(std::vector<std::string> words, Surroundings& around,
                   CancelToken& cancel);

}  // namespace segue::cli
