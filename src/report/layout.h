// Aligned text: bars, tables, and lines with a limited width.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace segue::report {

// Returns a bar such as "[######----]", which is `columns` wide with its
// brackets, at least 3.
std::string ProgressBar(double percent, std::size_t columns);

// Returns `text` cut to `columns` characters (UTF-8); the last one is "~" when
// text is cut off.
std::string FitWidth(std::string_view text, std::size_t columns);

// A left-aligned text table. The last column is not padded.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> head);
  void Add(std::vector<std::string> row);
  std::string ToString() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace segue::report
