#include "planning/total_expression.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "base/text.h"

namespace segue::ops {
namespace {

constexpr std::array<std::string_view, 9> kTotal = {
    "coalesce", "ifnull", "nullif", "lower", "upper",
    "trim",     "ltrim",  "rtrim",  "length"};

bool IsWordStart(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool IsWordPart(char c) {
  return IsWordStart(c) || std::isdigit(static_cast<unsigned char>(c)) != 0;
}

// Reads as much of the text as one expression takes.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  bool Whole() { return Expression() && (Skip(), at_ == text_.size()); }

 private:
  void Skip() {
    while (at_ < text_.size() &&
           std::isspace(static_cast<unsigned char>(text_[at_])) != 0) {
      ++at_;
    }
  }

  char Next() {
    Skip();
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  bool Take(char c) {
    if (Next() != c) return false;
    ++at_;
    return true;
  }

  bool Expression() {
    const char c = Next();
    if (c == '(') return Take('(') && Expression() && Take(')');
    if (c == '\'' || c == '"') return Quoted(c);
    if (IsWordStart(c)) return Word();
    return Number();
  }

  bool Quoted(char quote) {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] != quote) continue;
      ++at_;
      if (at_ == text_.size() || text_[at_] != quote) return true;
    }
    return false;
  }

  bool Number() {
    if (Next() == '-') ++at_;
    const std::size_t begin = at_;
    while (at_ < text_.size() &&
           (std::isdigit(static_cast<unsigned char>(text_[at_])) != 0 ||
            text_[at_] == '.')) {
      ++at_;
    }
    return at_ > begin;
  }

  std::string Name() {
    Skip();
    const std::size_t begin = at_;
    while (at_ < text_.size() && IsWordPart(text_[at_])) ++at_;
    return base::ToLower(text_.substr(begin, at_ - begin));
  }

  bool Word() {
    const std::string name = Name();
    if (!Take('(')) return true;
    if (name == "cast") {
      return Expression() && Name() == "as" && !Name().empty() && Take(')');
    }
    if (std::find(kTotal.begin(), kTotal.end(), name) == kTotal.end()) {
      return false;
    }
    do {
      if (!Expression()) return false;
    } while (Take(','));
    return Take(')');
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

bool IsTotal(const std::string& sql) { return Parser(sql).Whole(); }

}  // namespace segue::ops
