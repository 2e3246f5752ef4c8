// Splits an SQL text into words. This is enough to find a clause; it is no
// parser.
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
  std::string_view text;  // a part of the text that Tokenize was given

  // True for this unquoted word in any case; `word` is in upper case.
  bool Is(std::string_view word) const;
  bool IsSymbol(char symbol) const {
    return kind == Kind::kSymbol && text[0] == symbol;
  }
};

// Returns the tokens without white space and comments. `sql` must outlive them.
std::vector<Token> Tokenize(std::string_view sql);

// Returns the name of a token, without quotes. SQLite takes a string for a name
// too, if only a name is possible at that place.
std::string NameOf(const Token& token);

// True when both are the same name for SQLite, which ignores the case of ASCII
// letters only.
bool SameName(std::string_view a, std::string_view b);

// Returns the index of the token after the bracket that closes the one at
// `open`.
std::size_t SkipBrackets(const std::vector<Token>& tokens, std::size_t open);

}  // namespace segue::sqlite
