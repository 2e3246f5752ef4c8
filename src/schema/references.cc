// Finds the columns that an expression mentions. This is no parser: it only has
// to recognise what is certainly no identifier, so that the rest is a superset.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "schema/schema.h"

namespace segue::schema {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool StartsWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool InWord(char c) { return StartsWord(c) || IsDigit(c) || c == '$'; }

// Scans an expression and marks the columns that it finds.
class Scanner {
 public:
  Scanner(std::string_view text, const std::vector<std::string>& columns)
      : text_(text), columns_(columns), met_(columns.size(), false) {}

  std::vector<std::string> Run() {
    while (at_ < text_.size()) Step();
    std::vector<std::string> names;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (met_[i]) names.push_back(columns_[i]);
    }
    return names;
  }

 private:
  char Peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool Sees(std::string_view word) const {
    return text_.substr(at_).starts_with(word);
  }
  // Moves behind the next `end`, or to the end of the text.
  void SkipPast(std::string_view end) {
    const std::size_t found = text_.find(end, at_);
    at_ = found == std::string_view::npos ? text_.size() : found + end.size();
  }

  void Step() {
    const char c = Peek();
    if (Sees("--")) return SkipPast("\n");
    if (Sees("/*")) return SkipComment();
    if (c == '\'') return SkipString(false);
    if (c == '"' || c == '`') return TakeQuoted(c);
    if (c == '[') return TakeBracket();
    if (c == '$') return SkipDollar();
    if (IsDigit(c)) return SkipNumber();
    if (StartsWord(c)) return TakeWord();
    ++at_;
  }

  // Comments nest on PostgreSQL. Elsewhere an opening inside a comment is rare
  // enough to be read the same way.
  void SkipComment() {
    int depth = 0;
    do {
      if (Sees("/*")) {
        ++depth;
        at_ += 2;
      } else if (Sees("*/")) {
        --depth;
        at_ += 2;
      } else {
        ++at_;
      }
    } while (depth > 0 && at_ < text_.size());
  }

  void SkipString(bool backslash_escapes) {
    for (++at_; at_ < text_.size(); ++at_) {
      if (backslash_escapes && Peek() == '\\') {
        ++at_;
      } else if (Peek() == '\'') {
        if (Peek(1) != '\'') break;
        ++at_;
      }
    }
    ++at_;
  }

  void TakeQuoted(char quote) {
    std::string name;
    for (++at_; at_ < text_.size(); ++at_) {
      if (Peek() == quote) {
        if (Peek(1) != quote) break;
        ++at_;
      }
      name += Peek();
    }
    ++at_;
    MarkQuoted(name);
  }

  // [name] quotes on SQLite and subscripts an array on PostgreSQL, where the
  // brackets may hold strings and names; so only a column's name is skipped.
  void TakeBracket() {
    const std::size_t end = text_.find(']', at_);
    const std::string_view inside = end == std::string_view::npos
                                        ? std::string_view{}
                                        : text_.substr(at_ + 1, end - at_ - 1);
    at_ = MarkQuoted(inside) ? end + 1 : at_ + 1;
  }

  // A parameter $1, or a string $tag$...$tag$.
  void SkipDollar() {
    std::size_t end = at_ + 1;
    while (end < text_.size() && InWord(text_[end]) && text_[end] != '$') ++end;
    const bool is_tag =
        end < text_.size() && text_[end] == '$' && !IsDigit(text_[at_ + 1]);
    if (!is_tag) {
      at_ = end;
      return;
    }
    const std::string_view tag = text_.substr(at_, end - at_ + 1);
    at_ = end + 1;
    SkipPast(tag);
  }

  // The exponent or radix belongs to the number, although it looks like a word:
  // 1e5, 0x1f.
  void SkipNumber() {
    while (at_ < text_.size() && (InWord(Peek()) || Peek() == '.')) ++at_;
  }

  void TakeWord() {
    const std::size_t start = at_;
    while (at_ < text_.size() && InWord(Peek())) ++at_;
    const std::string_view word = text_.substr(start, at_ - start);
    if (Peek() == '\'' && (word == "E" || word == "e")) return SkipString(true);
    MarkAnyCase(word);
  }

  // A quoted name is exact on PostgreSQL but not on SQLite. It means the column
  // with exactly this spelling if there is one, otherwise one that differs in
  // letter case.
  bool MarkQuoted(std::string_view name) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i] != name) continue;
      met_[i] = true;
      return true;
    }
    return MarkAnyCase(name);
  }

  bool MarkAnyCase(std::string_view name) {
    bool found = false;
    const std::string lower = base::ToLower(name);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (base::ToLower(columns_[i]) == lower) met_[i] = found = true;
    }
    return found;
  }

  std::string_view text_;
  const std::vector<std::string>& columns_;
  std::vector<bool> met_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<std::string> ReferencedColumns(
    const std::string& expression, const std::vector<std::string>& columns) {
  return Scanner(expression, columns).Run();
}

}  // namespace segue::schema
