#include "db/conninfo.h"

#include "segue/error.h"

namespace segue::db {
namespace {

constexpr std::string_view kSpace = " \t\r\n\f\v";
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz_";

Error Bad(const std::string& reason) {
  return Error(ErrorKind::kUsage, "Bad database URL: " + reason)
      .WithHint(
          "Write keyword=value, as host=h dbname=d; quote a value with spaces "
          "as 'a b', with \\' for a quote and \\\\ for a backslash");
}

std::string_view SkipSpace(std::string_view text) {
  const std::size_t at = text.find_first_not_of(kSpace);
  return at == text.npos ? std::string_view() : text.substr(at);
}

std::string_view Keyword(std::string_view text) {
  return text.substr(0, text.find_first_not_of(kLetters));
}

// A backslash takes the next character as it is.
char TakeCharacter(std::string_view& text) {
  if (text.front() == '\\' && text.size() > 1) text.remove_prefix(1);
  const char taken = text.front();
  text.remove_prefix(1);
  return taken;
}

std::string TakeQuoted(std::string_view& text) {
  std::string value;
  text.remove_prefix(1);
  while (!text.empty() && text.front() != '\'') value += TakeCharacter(text);
  if (text.empty()) throw Bad("a value in quotes is not closed");
  text.remove_prefix(1);
  return value;
}

std::string TakeValue(std::string_view& text) {
  if (!text.empty() && text.front() == '\'') return TakeQuoted(text);
  std::string value;
  while (!text.empty() && kSpace.find(text.front()) == kSpace.npos) {
    value += TakeCharacter(text);
  }
  return value;
}

}  // namespace

bool IsConninfo(std::string_view text) {
  text = SkipSpace(text);
  const std::string_view keyword = Keyword(text);
  return !keyword.empty() &&
         SkipSpace(text.substr(keyword.size())).starts_with("=");
}

std::map<std::string, std::string> ParseConninfo(std::string_view text) {
  std::map<std::string, std::string> values;
  for (text = SkipSpace(text); !text.empty(); text = SkipSpace(text)) {
    const std::string keyword(Keyword(text));
    text = SkipSpace(text.substr(keyword.size()));
    if (keyword.empty() || !text.starts_with("=")) {
      throw Bad("a part is not written keyword=value");
    }
    text = SkipSpace(text.substr(1));
    values[keyword] = TakeValue(text);
  }
  return values;
}

}  // namespace segue::db
