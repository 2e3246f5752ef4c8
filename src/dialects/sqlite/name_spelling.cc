#include "dialects/sqlite/name_spelling.h"

#include <vector>

#include "dialects/sqlite/tokens.h"

namespace segue::sqlite {
namespace {

std::vector<Token> Places(std::string_view sql, std::string_view name) {
  std::vector<Token> places;
  for (const Token& token : Tokenize(sql)) {
    const bool may_be_name =
        token.kind == Token::Kind::kWord || token.kind == Token::Kind::kQuoted;
    if (may_be_name && SameName(NameOf(token), name)) places.push_back(token);
  }
  return places;
}

}  // namespace

std::string WithSpellingOf(std::string_view sql, std::string_view original,
                           std::string_view name) {
  const std::vector<Token> now = Places(sql, name);
  const std::vector<Token> then = Places(original, name);
  if (now.size() != then.size()) return std::string(sql);
  std::string text;
  std::size_t at = 0;
  for (std::size_t i = 0; i < now.size(); ++i) {
    text += sql.substr(at, now[i].begin - at);
    text += then[i].text;
    at = now[i].end;
  }
  return text + std::string(sql.substr(at));
}

}  // namespace segue::sqlite
