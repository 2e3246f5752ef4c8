#include "db/without_literals.h"

#include <algorithm>
#include <cctype>

namespace segue::db {
namespace {

bool IsDigit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

// A character of a name that need not be quoted; bytes of UTF-8 are, too.
bool IsOfName(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

class Reader {
 public:
  explicit Reader(std::string_view sql) : sql_(sql) {}

  std::string Read() {
    while (at_ < sql_.size()) Next();
    return std::move(out_);
  }

 private:
  bool Sees(std::string_view text) const {
    return sql_.substr(at_).starts_with(text);
  }

  void Next() {
    const char c = sql_[at_];
    if (Sees("--")) return SkipTo(sql_.find('\n', at_));
    if (Sees("/*")) return SkipComment();
    if (c == '\'') return Replace(EndOfString(false));
    if (c == '"') return Keep(EndOfQuoted());
    if (c == '$') return Dollar();
    if (IsDigit(c)) return Replace(EndOfNumber());
    if (IsOfName(c)) return Name();
    Keep(at_ + 1);
  }

  // A letter before a string is a part of it: E'it\'s', B'101', U&'x'.
  void Name() {
    std::size_t end = at_;
    while (end < sql_.size() && (IsOfName(sql_[end]) || sql_[end] == '$'))
      ++end;
    const std::string_view name = sql_.substr(at_, end - at_);
    const bool prefixed = end < sql_.size() && sql_[end] == '\'';
    if (prefixed && name.size() == 1) {
      at_ = end;
      return Replace(EndOfString(name == "E" || name == "e"));
    }
    Keep(end);
  }

  // $1 is a parameter; $tag$ begins a string.
  void Dollar() {
    std::size_t end = at_ + 1;
    while (end < sql_.size() && IsOfName(sql_[end])) ++end;
    const bool parameter = end > at_ + 1 && IsDigit(sql_[at_ + 1]);
    if (parameter || end == sql_.size() || sql_[end] != '$') return Keep(end);
    const std::string_view tag = sql_.substr(at_, end + 1 - at_);
    const std::size_t close = sql_.find(tag, end + 1);
    Replace(close == std::string_view::npos ? close : close + tag.size());
  }

  std::size_t EndOfString(bool escapes) const {
    for (std::size_t i = at_ + 1; i < sql_.size(); ++i) {
      if (escapes && sql_[i] == '\\') {
        ++i;
      } else if (sql_[i] == '\'') {
        if (i + 1 == sql_.size() || sql_[i + 1] != '\'') return i + 1;
        ++i;
      }
    }
    return std::string_view::npos;
  }

  std::size_t EndOfQuoted() const {
    const std::size_t close = sql_.find('"', at_ + 1);
    return close == std::string_view::npos ? close : close + 1;
  }

  std::size_t EndOfNumber() const {
    std::size_t end = at_;
    while (end < sql_.size() && (IsOfName(sql_[end]) || sql_[end] == '.'))
      ++end;
    return end;
  }

  void SkipComment() {
    int depth = 0;
    for (; at_ < sql_.size(); ++at_) {
      if (Sees("/*")) ++depth;
      if (!Sees("*/")) continue;
      ++at_;
      if (--depth == 0) return SkipTo(at_ + 1);
    }
  }

  void Replace(std::size_t end) {
    out_ += '?';
    SkipTo(end);
  }
  void Keep(std::size_t end) {
    end = std::min(end, sql_.size());
    out_ += sql_.substr(at_, end - at_);
    at_ = end;
  }
  void SkipTo(std::size_t end) { at_ = std::min(end, sql_.size()); }

  const std::string_view sql_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

std::string WithoutLiterals(std::string_view sql) { return Reader(sql).Read(); }

}  // namespace segue::db
