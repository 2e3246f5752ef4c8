// The front door: words in, exit code out.
#pragma once

#include <string>
#include <vector>

#include "base/cancel.h"
#include "cli/context.h"

namespace segue::cli {

// What main() returns. Catches everything.
int Main(int argc, char** argv);

// The same with the outside given. Errors become text on `around.err`, or with
// --json one object on `around.out`; the result is the exit code.
int RunCommandLine(std::vector<std::string> words, Surroundings& around,
                   base::CancelToken& cancel);

}  // namespace segue::cli
