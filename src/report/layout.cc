#include "report/layout.h"

#include <algorithm>

#include "base/visible.h"

namespace segue::report {

namespace {

bool StartsCharacter(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

std::size_t CountCharacters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), StartsCharacter));
}

// Returns the number of bytes of the first `count` characters.
std::size_t PrefixBytes(std::string_view text, std::size_t count) {
  std::size_t position = 0;
  std::size_t seen = 0;
  for (; position < text.size(); ++position) {
    if (StartsCharacter(text[position]) && seen++ == count) break;
  }
  return position;
}

}  // namespace

std::string ProgressBar(double percent, std::size_t columns) {
  const std::size_t inside = columns > 3 ? columns - 2 : 1;
  const double part = std::clamp(percent, 0.0, 100.0) / 100.0;
  const auto filled =
      static_cast<std::size_t>(part * static_cast<double>(inside));
  return "[" + std::string(filled, '#') + std::string(inside - filled, '-') +
         "]";
}

std::string FitWidth(std::string_view text, std::size_t columns) {
  if (CountCharacters(text) <= columns) return std::string(text);
  if (columns == 0) return "";
  return std::string(text.substr(0, PrefixBytes(text, columns - 1))) + "~";
}

TextTable::TextTable(std::vector<std::string> head) {
  rows_.push_back(std::move(head));
}

void TextTable::Add(std::vector<std::string> row) {
  for (std::string& cell : row) cell = base::VisibleInLine(cell);
  rows_.push_back(std::move(row));
}

std::string TextTable::ToString() const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], CountCharacters(row[i]));
    }
  }
  std::string text;
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      text += row[i];
      text += std::string(widths[i] - CountCharacters(row[i]) + 2, ' ');
    }
    text += row.back() + "\n";
  }
  return text;
}

}  // namespace segue::report
