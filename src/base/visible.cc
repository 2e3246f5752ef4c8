#include "base/visible.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace segue::base {
namespace {

// Returns the code point of a well-formed sequence of `length` bytes.
unsigned CodePoint(std::string_view sequence) {
  const auto byte = [&](std::size_t i) {
    return static_cast<unsigned>(static_cast<unsigned char>(sequence[i]));
  };
  if (sequence.size() == 1) return byte(0);
  unsigned point = byte(0) & (0x7fU >> sequence.size());
  for (std::size_t i = 1; i < sequence.size(); ++i) {
    point = point << 6U | (byte(i) & 0x3fU);
  }
  return point;
}

bool IsControl(unsigned point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0);
}

// These characters reorder what stands beside them on the screen, or are not
// seen there at all.
bool Deceives(unsigned point) {
  return point == 0x061c || point == 0xfeff || point == 0x00ad ||
         (point >= 0x200b && point <= 0x200f) ||
         (point >= 0x202a && point <= 0x202e) ||
         (point >= 0x2066 && point <= 0x2069);
}

void AppendVisible(std::string_view sequence, bool keeps_lines,
                   std::string& shown) {
  const unsigned point = CodePoint(sequence);
  const bool of_lines = point == '\n' || point == '\t';
  if (of_lines && keeps_lines) {
    shown += sequence;
  } else if (IsControl(point)) {
    shown += fmt::format("\\x{:02x}", point);
  } else if (Deceives(point)) {
    shown += fmt::format("\\u{:04x}", point);
  } else {
    shown += sequence;
  }
}

std::string Shown(std::string_view text, bool keeps_lines) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    if (length == 0) {
      shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
      text.remove_prefix(1);
    } else {
      AppendVisible(text.substr(0, length), keeps_lines, shown);
      text.remove_prefix(length);
    }
  }
  return shown;
}

}  // namespace

std::string Visible(std::string_view text) { return Shown(text, true); }

std::string VisibleInLine(std::string_view text) { return Shown(text, false); }

std::size_t WholeCharacters(std::string_view text) {
  constexpr std::size_t kLongest = 4;
  const std::size_t first =
      text.size() > kLongest - 1 ? text.size() - (kLongest - 1) : 0;
  for (std::size_t at = text.size(); at-- > first;) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if ((byte & 0xC0U) == 0x80) continue;  // it continues a character
    const std::size_t wants = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
    return byte >= 0xC2 && byte <= 0xF4 && text.size() - at < wants
               ? at
               : text.size();
  }
  return text.size();
}

}  // namespace segue::base
