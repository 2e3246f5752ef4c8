#include "ops/join_condition.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>

#include "base/text.h"
#include "ops/reader.h"

namespace segue::ops {
namespace {

bool IsWordChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Reads names and signs off the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(base::Trim(text)) {}

  bool AtEnd() const { return rest_.empty(); }

  bool Takes(char sign) {
    if (rest_.empty() || rest_.front() != sign) return false;
    rest_ = base::Trim(rest_.substr(1));
    return true;
  }

  std::optional<std::string> Name() {
    if (!rest_.empty() && rest_.front() == '"') return Quoted();
    std::size_t end = 0;
    while (end < rest_.size() && IsWordChar(rest_[end])) ++end;
    if (end == 0) return std::nullopt;
    std::string name(rest_.substr(0, end));
    rest_ = base::Trim(rest_.substr(end));
    return name;
  }

 private:
  std::optional<std::string> Quoted() {
    std::string name;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      const bool quote = rest_[i] == '"';
      const bool doubled = quote && i + 1 < rest_.size() && rest_[i + 1] == '"';
      if (quote && !doubled) {
        rest_ = base::Trim(rest_.substr(i + 1));
        return name;
      }
      if (doubled) ++i;
      name += rest_[i];
    }
    return std::nullopt;
  }

  std::string_view rest_;
};

struct Side {
  std::string table;
  std::string column;
};

std::optional<Side> ReadSide(Scanner& scanner) {
  const auto table = scanner.Name();
  if (!table || !scanner.Takes('.')) return std::nullopt;
  const auto column = scanner.Name();
  if (!column) return std::nullopt;
  return Side{*table, *column};
}

}  // namespace

JoinCondition ParseJoin(const std::string& text, const base::Node& node,
                        const std::string& first, const std::string& second) {
  Scanner scanner(text);
  const auto left = ReadSide(scanner);
  const bool equal = left && scanner.Takes('=');
  const auto right = equal ? ReadSide(scanner) : std::nullopt;
  if (right && scanner.AtEnd()) {
    if (left->table == first && right->table == second) {
      return {left->column, right->column};
    }
    if (left->table == second && right->table == first) {
      return {right->column, left->column};
    }
  }
  throw UsageError(
      node, fmt::format("it is not a column of '{0}' that equals one of '{1}', "
                        "as in \"{0}.{1}_id = {1}.id\"",
                        first, second));
}

}  // namespace segue::ops
