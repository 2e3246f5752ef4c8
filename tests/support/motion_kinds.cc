#include <algorithm>
#include <cctype>

#include "tests/support/sync_matrix.h"

namespace segue::test {
namespace {

// Returns NULL for NULL, as most SQL functions do.
SyncModel::Translation Strict(std::string (*translate)(const std::string&)) {
  return [translate](const Cell& value) {
    return value ? Cell(translate(*value)) : Cell();
  };
}

std::string Same(const std::string& text) { return text; }

std::string Lower(const std::string& text) {
  std::string lower = text;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return lower;
}

std::string Upper(const std::string& text) {
  std::string upper = text;
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
    return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  });
  return upper;
}

std::string OldText(int n) { return "Old" + std::to_string(n); }
std::string NewText(int n) { return "New" + std::to_string(n); }
std::string Number(int n) { return std::to_string(n); }
std::string Tagged(int n) { return "n" + std::to_string(n); }

Cell NoneForNull(const Cell& value) { return value.value_or("none"); }
Cell NullForNone(const Cell& value) {
  return value == Cell("none") ? Cell() : value;
}

}  // namespace

std::vector<MotionKind> MotionKinds() {
  return {{"Copy", "text", "text", "o", "n", Strict(Same), Strict(Same),
           OldText, NewText},
          {"Widen", "integer", "bigint", "o", "n", Strict(Same), Strict(Same),
           Number, Number, true, true},
          {"Retype", "integer", "text", "'n' || CAST(o AS text)",
           "CAST(substr(n, 2) AS integer)",
           Strict([](const std::string& text) { return "n" + text; }),
           Strict([](const std::string& text) { return text.substr(1); }),
           Number, Tagged, true, false},
          // Neither side can be derived back from the other.
          {"Lossy", "text", "text", "lower(o)", "upper(n)", Strict(Lower),
           Strict(Upper), OldText, NewText},
          {"Nullable", "text", "text", "coalesce(o, 'none')",
           "nullif(n, 'none')", NoneForNull, NullForNone, OldText, NewText}};
}

}  // namespace segue::test
