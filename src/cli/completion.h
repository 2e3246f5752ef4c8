// Completion scripts for shells, made from the table of commands.
#pragma once

#include <string>

namespace segue::cli {

// `shell`: bash, zsh or fish.
std::string CompletionScript(const std::string& shell);

}  // namespace segue::cli
