#include "dialects/sqlite/index_text.h"

#include "dialects/sqlite/tokens.h"

namespace segue::sqlite {
namespace {

// Returns the text of the tokens [begin, end).
std::string TextOf(std::string_view sql, const std::vector<Token>& tokens,
                   std::size_t begin, std::size_t end) {
  if (begin >= end) return "";
  return std::string(sql.substr(tokens[begin].begin,
                                tokens[end - 1].end - tokens[begin].begin));
}

// Finds the end of a part's expression, before COLLATE x, ASC and DESC.
std::size_t ExpressionEnd(const std::vector<Token>& tokens, std::size_t begin,
                          std::size_t end) {
  if (end > begin + 1 &&
      (tokens[end - 1].Is("ASC") || tokens[end - 1].Is("DESC"))) {
    --end;
  }
  if (end > begin + 2 && tokens[end - 2].Is("COLLATE")) end -= 2;
  return end;
}

}  // namespace

IndexText ParseIndex(std::string_view sql) {
  IndexText index;
  const std::vector<Token> tokens = Tokenize(sql);
  std::size_t at = 0;
  while (at < tokens.size() && !tokens[at].IsSymbol('(')) ++at;
  if (at == tokens.size()) return index;
  const std::size_t end = SkipBrackets(tokens, at);
  std::size_t begin = ++at;
  while (at < end) {
    const bool last = at + 1 == end;
    if (last || tokens[at].IsSymbol(',')) {
      index.parts.push_back(
          TextOf(sql, tokens, begin, ExpressionEnd(tokens, begin, at)));
      begin = ++at;
    } else {
      at = tokens[at].IsSymbol('(') ? SkipBrackets(tokens, at) : at + 1;
    }
  }
  if (end < tokens.size() && tokens[end].Is("WHERE")) {
    index.predicate = TextOf(sql, tokens, end + 1, tokens.size());
  }
  return index;
}

}  // namespace segue::sqlite
