// The terminal: whether there is one, how wide it is, and questions to the
// user.
#pragma once

#include <cstddef>
#include <optional>
#include <ostream>
#include <string>

#include "segue/cancel.h"

namespace segue::cli {

bool IsTerminal(int file_descriptor);
// Returns the number of columns; 80 when it is unknown.
std::size_t TerminalWidth(int file_descriptor);

// Writes the question to `out` and reads a line from standard input.
// Returns nullopt at the end of the input, or when `cancel` is requested
// meanwhile. Signals are blocked in this thread, so they do not interrupt the
// read.
std::optional<std::string> AskUser(const std::string& question,
                                   std::ostream& out,
                                   const CancelToken& cancel);

}  // namespace segue::cli
