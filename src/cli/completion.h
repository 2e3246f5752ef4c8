// Makes completion scripts for shells from the table of commands.
#pragma once

#include <string>

namespace segue::cli {

// `shell` is bash, zsh or fish.
std::string CompletionScript(const std::string& shell);

}  // namespace segue::cli
