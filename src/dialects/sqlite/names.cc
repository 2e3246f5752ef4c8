#include "dialects/sqlite/names.h"

#include <sqlite3.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "dialects/sqlite/tokens.h"

namespace segue::sqlite {
namespace {

// TRUE and FALSE are no keywords, but without quotes they are values.
bool IsPlain(const std::string& name) {
  const std::vector<Token> tokens = Tokenize(name);
  return tokens.size() == 1 && !tokens[0].Is("TRUE") &&
         !tokens[0].Is("FALSE") && tokens[0].kind == Token::Kind::kWord &&
         tokens[0].text.size() == name.size() && name[0] != '$' &&
         sqlite3_keyword_check(name.data(), static_cast<int>(name.size())) == 0;
}

bool IsLiteralToken(const Token& token) {
  return token.kind == Token::Kind::kString ||
         token.kind == Token::Kind::kNumber || token.Is("NULL") ||
         token.Is("TRUE") || token.Is("FALSE");
}

// True when the word comes after the columns of a CREATE TABLE.
bool HasOption(std::string_view create_table, const char* word) {
  const std::vector<Token> tokens = Tokenize(create_table);
  std::size_t at = 0;
  while (at < tokens.size() && !tokens[at].IsSymbol('(')) ++at;
  at = SkipBrackets(tokens, at);
  return std::any_of(tokens.begin() + static_cast<std::ptrdiff_t>(at),
                     tokens.end(),
                     [&](const Token& token) { return token.Is(word); });
}

}  // namespace

std::string Quote(std::string_view name) { return base::Quoted(name, '"'); }

std::string Literal(std::string_view text) { return base::Quoted(text, '\''); }

std::string BareOrQuoted(const std::string& name) {
  return IsPlain(name) ? name : Quote(name);
}

bool IsLiteral(std::string_view expression) {
  const std::vector<Token> tokens = Tokenize(expression);
  std::size_t begin = 0;
  std::size_t end = tokens.size();
  while (end > begin + 2 && tokens[begin].IsSymbol('(') &&
         tokens[end - 1].IsSymbol(')')) {
    ++begin;
    --end;
  }
  if (end == begin + 1) return IsLiteralToken(tokens[begin]);
  const bool sign = end == begin + 2 && (tokens[begin].IsSymbol('-') ||
                                         tokens[begin].IsSymbol('+'));
  return sign && tokens[begin + 1].kind == Token::Kind::kNumber;
}

std::string DefaultText(std::string_view expression) {
  const std::string text(base::Trim(expression));
  if (IsLiteral(text) && text[0] != '(') return text;
  // The line break ends a comment at the end of the expression.
  return "(" + text + (text.find("--") == std::string::npos ? ")" : "\n)");
}

Affinity AffinityOf(std::string_view type) {
  const std::string lower = base::ToLower(type);
  const auto has = [&](std::string_view part) {
    return lower.find(part) != std::string::npos;
  };
  if (has("int")) return Affinity::kInteger;
  if (has("char") || has("clob") || has("text")) return Affinity::kText;
  if (has("blob") || base::Trim(lower).empty()) return Affinity::kBlob;
  if (has("real") || has("floa") || has("doub")) return Affinity::kReal;
  return Affinity::kNumeric;
}

std::string StrictType(std::string_view type) {
  switch (AffinityOf(type)) {
    case Affinity::kText:
      return "TEXT";
    case Affinity::kInteger:
      return "INTEGER";
    case Affinity::kReal:
      return "REAL";
    case Affinity::kBlob:
      return base::Trim(type).empty() ? "ANY" : "BLOB";
    case Affinity::kNumeric:
      // A BOOLEAN has 0 and 1; a DECIMAL may be an integer, a real or a text.
      return base::ToLower(type).find("bool") != std::string::npos ? "INTEGER"
                                                                   : "ANY";
  }
  return "ANY";
}

bool IsStrict(std::string_view create_table) {
  return HasOption(create_table, "STRICT");
}

bool IsWithoutRowid(std::string_view create_table) {
  return HasOption(create_table, "WITHOUT");
}

}  // namespace segue::sqlite
