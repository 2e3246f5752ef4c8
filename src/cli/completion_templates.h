// The scripts of src/cli/completion/, which CMake makes constants of. Names
// between two @ are filled in by completion.cc.
#pragma once

namespace segue::cli {

extern const char kBashTemplate[];
extern const char kZshTemplate[];
extern const char kFishTemplate[];

}  // namespace segue::cli
