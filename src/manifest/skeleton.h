// Makes the first text of a new migration file.
#pragma once

#include <string>

namespace segue::manifest {

// Returns a commented file with `operation` filled in with example names or,
// when it is empty, with a choice of operations in comments. Throws
// Error{kInternal} for an operation without a skeleton.
std::string Skeleton(const std::string& operation);

}  // namespace segue::manifest
