// The words of an SQL text: enough to find a clause, not a parser.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace segue::sqlite {

struct Token {
  enum class Kind {
    kWord,    // a bare name or keyword
    kQuoted,  // "x", [x] or `x`
    kString,  // 'x', also the x'00' of a blob
    kNumber,
    kSymbol,  // one character
  };
  Kind kind = Kind::kSymbol;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string_view text;  // into the text that was given to Tokenize

  // A bare word, whatever its case; `word` in upper case.
  bool Is(std::string_view word) const;
  bool IsSymbol(char symbol) const {
    return kind == Kind::kSymbol && text[0] == symbol;
  }
};

// White space and comments are left out. `sql` must outlive the tokens.
std::vector<Token> Tokenize(std::string_view sql);

// The name that a token stands for: without quotes. SQLite takes a string for
// a name too where only a name can stand.
std::string NameOf(const Token& token);

// SQLite's names differ in case only for ASCII letters.
bool SameName(std::string_view a, std::string_view b);

// The index of the token behind the bracket that closes the one at `open`.
std::size_t SkipBrackets(const std::vector<Token>& tokens, std::size_t open);

}  // namespace segue::sqlite
