// The scripts of src/cli/completion/, which CMake turns into constants.
// completion.cc replaces the names between two @.
#pragma once

namespace segue::cli {

extern const char kBashTemplate[];
extern const char kZshTemplate[];
extern const char kFishTemplate[];

}  // namespace segue::cli
