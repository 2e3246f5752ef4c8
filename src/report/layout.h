// Text that lines up: bars, tables, lines of at most so many characters.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace segue::report {

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

}  // namespace segue::report
