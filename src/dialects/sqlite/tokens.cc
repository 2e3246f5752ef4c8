#include "dialects/sqlite/tokens.h"

#include "base/text.h"

namespace segue::sqlite {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool InWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || IsDigit(c) ||
         c == '_' || c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

bool IsBlank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

class Scanner {
 public:
  explicit Scanner(std::string_view sql) : sql_(sql) {}

  std::vector<Token> Run() {
    std::vector<Token> tokens;
    while (SkipBlanks(), at_ < sql_.size()) {
      const std::size_t begin = at_;
      const Token::Kind kind = Take();
      tokens.push_back({kind, begin, at_, sql_.substr(begin, at_ - begin)});
    }
    return tokens;
  }

 private:
  bool Sees(std::string_view text) const {
    return sql_.substr(at_).starts_with(text);
  }

  void SkipPast(std::string_view end, std::size_t from) {
    const std::size_t found = sql_.find(end, from);
    at_ = found == std::string_view::npos ? sql_.size() : found + end.size();
  }

  void SkipBlanks() {
    while (at_ < sql_.size()) {
      if (Sees("--")) {
        SkipPast("\n", at_);
      } else if (Sees("/*")) {
        SkipPast("*/", at_ + 2);
      } else if (IsBlank(sql_[at_])) {
        ++at_;
      } else {
        return;
      }
    }
  }

  // A quote inside the text is doubled, so that two adjacent quoted tokens are
  // one.
  void TakeQuoted(char quote) {
    do {
      SkipPast(std::string_view(&quote, 1), at_ + 1);
    } while (at_ < sql_.size() && sql_[at_] == quote);
  }

  void TakeWord() {
    while (at_ < sql_.size() && InWord(sql_[at_])) ++at_;
  }

  void TakeNumber() {
    while (at_ < sql_.size() && (InWord(sql_[at_]) || sql_[at_] == '.')) {
      const bool exponent = sql_[at_] == 'e' || sql_[at_] == 'E';
      ++at_;
      if (exponent && at_ < sql_.size() &&
          (sql_[at_] == '+' || sql_[at_] == '-')) {
        ++at_;
      }
    }
  }

  Token::Kind Take() {
    const char c = sql_[at_];
    const char next = at_ + 1 < sql_.size() ? sql_[at_ + 1] : '\0';
    if ((c == 'x' || c == 'X') && next == '\'') ++at_;
    if (sql_[at_] == '\'') return TakeQuoted('\''), Token::Kind::kString;
    if (c == '"' || c == '`') return TakeQuoted(c), Token::Kind::kQuoted;
    if (c == '[') return SkipPast("]", at_), Token::Kind::kQuoted;
    if (IsDigit(c) || (c == '.' && IsDigit(next))) {
      return TakeNumber(), Token::Kind::kNumber;
    }
    if (InWord(c)) return TakeWord(), Token::Kind::kWord;
    ++at_;
    return Token::Kind::kSymbol;
  }

  std::string_view sql_;
  std::size_t at_ = 0;
};

}  // namespace

bool Token::Is(std::string_view word) const {
  return kind == Kind::kWord && SameName(text, word);
}

std::vector<Token> Tokenize(std::string_view sql) { return Scanner(sql).Run(); }

std::string NameOf(const Token& token) {
  const bool quoted =
      token.kind == Token::Kind::kQuoted || token.kind == Token::Kind::kString;
  if (!quoted || token.text.size() < 2) return std::string(token.text);
  const char close = token.text.back();
  std::string name;
  for (std::size_t i = 1; i + 1 < token.text.size(); ++i) {
    name += token.text[i];
    if (token.text[i] == close) ++i;
  }
  return name;
}

bool SameName(std::string_view a, std::string_view b) {
  return base::ToLower(a) == base::ToLower(b);
}

std::size_t SkipBrackets(const std::vector<Token>& tokens, std::size_t open) {
  int depth = 0;
  std::size_t at = open;
  for (; at < tokens.size(); ++at) {
    if (tokens[at].IsSymbol('(')) ++depth;
    if (tokens[at].IsSymbol(')') && --depth == 0) return at + 1;
  }
  return at;
}

}  // namespace segue::sqlite
