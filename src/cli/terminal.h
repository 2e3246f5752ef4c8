// The terminal: whether there is one, how wide it is, what is asked at it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/cancel.h"

namespace segue::cli {

bool IsTerminal(int file_descriptor);
// Columns; 80 when it is unknown.
std::size_t TerminalWidth(int file_descriptor);

// Writes the question to standard error and reads a line from standard input.
// nullopt at end of input or when `cancel` is requested meanwhile (signals are
// blocked in this thread, so the read itself is not interrupted).
std::optional<std::string> AskUser(const std::string& question,
                                   const base::CancelToken& cancel);

}  // namespace segue::cli
