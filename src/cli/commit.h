// The commit from which the program was built. The build writes the source.
#pragma once

#include <string_view>

namespace segue::cli {

// Returns "5da27370c1f2", or "5da27370c1f2, changed" for a tree with changes of
// its own; empty: it was built without a repository.
std::string_view Commit();

}  // namespace segue::cli
