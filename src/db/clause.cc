#include "db/clause.h"

#include <cctype>

#include "base/text.h"
#include "segue/error.h"

namespace segue::db {
namespace {

bool StartsWord(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalpha(byte) != 0 || c == '_' || byte >= 0x80;
}

bool GoesOn(char c) {
  return StartsWord(c) || std::isdigit(static_cast<unsigned char>(c)) != 0 ||
         c == '$';
}

// Reads a text from its start; every method leaves it as it is when it returns
// false.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(base::Trim(text)) {}

  bool at_end() const { return rest_.empty(); }

  bool Take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    Drop(1);
    return true;
  }

  // Reads a word, or a name in quotes.
  bool Name(std::string* name) { return Quoted('"', name) || Word(name); }

  bool Word(std::string* word) {
    if (rest_.empty() || !StartsWord(rest_[0])) return false;
    std::size_t size = 1;
    while (size < rest_.size() && GoesOn(rest_[size])) ++size;
    *word = base::ToLower(rest_.substr(0, size));
    Drop(size);
    return true;
  }

  bool Quoted(char quote, std::string* text) {
    if (rest_.empty() || rest_[0] != quote) return false;
    std::string inside;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] != quote) {
        inside += rest_[i];
      } else if (i + 1 < rest_.size() && rest_[i + 1] == quote) {
        inside += rest_[i++];
      } else {
        *text = inside;
        Drop(i + 1);
        return !inside.empty();
      }
    }
    return false;
  }

  // Reads "1.5".
  bool Decimal() {
    if (!Number()) return false;
    return !Take('.') || Number();
  }

  bool Number() {
    std::size_t size = rest_.starts_with("-") || rest_.starts_with("+") ? 1 : 0;
    const std::size_t sign = size;
    while (size < rest_.size() &&
           std::isdigit(static_cast<unsigned char>(rest_[size])) != 0) {
      ++size;
    }
    if (size == sign) return false;
    Drop(size);
    return true;
  }

 private:
  void Drop(std::size_t size) {
    rest_.remove_prefix(size);
    rest_ = base::Trim(rest_);
  }

  std::string_view rest_;
};

// Reads "(10, 2)" behind its parenthesis.
bool TakeArguments(Reader& reader) {
  std::string ignored;
  do {
    const bool one = reader.Number() || reader.Name(&ignored) ||
                     reader.Quoted('\'', &ignored);
    if (!one) return false;
  } while (reader.Take(','));
  return reader.Take(')');
}

bool TakeBrackets(Reader& reader) {
  while (reader.Take('[')) {
    reader.Number();
    if (!reader.Take(']')) return false;
  }
  return true;
}

bool TakeQualified(Reader& reader) {
  std::string ignored;
  do {
    if (!reader.Name(&ignored)) return false;
  } while (reader.Take('.'));
  return true;
}

}  // namespace

bool IsTypeText(std::string_view text,
                const std::function<bool(const std::string&)>& is_word) {
  Reader reader(text);
  if (!TakeQualified(reader)) return false;
  std::string word;
  bool arguments = false;
  for (;;) {
    if (reader.Word(&word)) {
      if (!is_word(word)) return false;
    } else if (!arguments && reader.Take('(')) {
      if (!TakeArguments(reader)) return false;
      arguments = true;
    } else {
      return TakeBrackets(reader) && reader.at_end();
    }
  }
}

void RequireTypeText(std::string_view text,
                     const std::function<bool(const std::string&)>& is_word) {
  if (IsTypeText(text, is_word)) return;
  throw Error(ErrorKind::kUsage,
              "'" + std::string(text) + "' is no type of a column")
      .WithHint(
          "a type is a name, as varchar(10) or app.\"my type\"; checks, "
          "references and defaults have keys of their own");
}

bool IsSettingText(std::string_view text) {
  Reader reader(text);
  std::string ignored;
  return reader.Name(&ignored) && reader.Take('=') &&
         (reader.Decimal() || reader.Word(&ignored) ||
          reader.Quoted('\'', &ignored)) &&
         reader.at_end();
}

std::optional<std::vector<std::string>> NameParts(std::string_view text) {
  Reader reader(text);
  std::vector<std::string> parts;
  std::string part;
  do {
    if (!reader.Name(&part)) return std::nullopt;
    parts.push_back(part);
  } while (reader.Take('.'));
  if (!reader.at_end()) return std::nullopt;
  return parts;
}

}  // namespace segue::db
