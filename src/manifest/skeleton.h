// What a new migration file begins with.
#pragma once

#include <string>

namespace segue::manifest {

// A commented file with `operation` filled in by example names; with a choice
// of operations in comments when it is empty. Throws Error{kInternal} for one
// that has no skeleton.
std::string Skeleton(const std::string& operation);

}  // namespace segue::manifest
