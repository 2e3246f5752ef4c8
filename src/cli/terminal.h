// The terminal: whether there is one, how wide it is, what it shows.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"

namespace segue::cli {

bool IsTerminal(int file_descriptor);
// Columns; 80 when it is unknown.
std::size_t TerminalWidth(int file_descriptor);

// "[######----]": `columns` wide with its brackets, at least 3.
std::string ProgressBar(double percent, std::size_t columns);

// `text` in at most `columns` characters (UTF-8), the last one "~" when cut.
std::string FitWidth(std::string_view text, std::size_t columns);

// Left-aligned text table; the last column is not padded.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> head);
  void Add(std::vector<std::string> row);
  std::string ToString() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// Writes the question to standard error and reads a line from standard input.
// nullopt at end of input or when `cancel` is requested meanwhile (signals are
// blocked in this thread, so the read itself is not interrupted).
std::optional<std::string> AskUser(const std::string& question,
                                   const base::CancelToken& cancel);

}  // namespace segue::cli
