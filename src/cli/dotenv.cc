#include "cli/dotenv.h"

#include <cctype>

#include "base/text.h"
#include "segue/error.h"

namespace segue::cli {

namespace {

Error At(const std::string& file, std::size_t line, const std::string& what) {
  return {ErrorKind::kUsage, file + ":" + std::to_string(line) + ": " + what};
}

bool IsName(std::string_view name) {
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front()))) {
    return false;
  }
  for (const char c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_') return false;
  }
  return true;
}

char Escaped(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    default:
      return c;
  }
}

// `text` begins with its quote. Returns false when the quote is never closed.
bool ReadQuoted(std::string_view text, std::string* value) {
  const char quote = text.front();
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == quote) return true;
    if (quote == '"' && text[i] == '\\' && i + 1 < text.size()) {
      value->push_back(Escaped(text[++i]));
    } else {
      value->push_back(text[i]);
    }
  }
  return false;
}

// Reads up to a comment, which begins with a space and a #, because URLs
// contain #.
std::string ReadBare(std::string_view text) {
  const std::size_t comment = text.find(" #");
  return std::string(base::Trim(text.substr(0, comment)));
}

}  // namespace

std::map<std::string, std::string> ParseDotEnv(std::string_view text,
                                               const std::string& file) {
  std::map<std::string, std::string> values;
  std::size_t number = 0;
  for (const std::string& raw : base::Split(text, '\n')) {
    ++number;
    std::string_view line = base::Trim(raw);
    if (line.empty() || line.front() == '#') continue;
    if (line.starts_with("export ")) line = base::Trim(line.substr(7));
    const std::size_t equals = line.find('=');
    const std::string_view name = base::Trim(line.substr(0, equals));
    if (equals == std::string_view::npos || !IsName(name)) {
      throw At(file, number, "expected NAME=value");
    }
    const std::string_view rest = base::Trim(line.substr(equals + 1));
    std::string value;
    if (rest.empty() || (rest.front() != '"' && rest.front() != '\'')) {
      value = ReadBare(rest);
    } else if (!ReadQuoted(rest, &value)) {
      throw At(file, number,
               "the quote of " + std::string(name) + " is never closed");
    }
    values[std::string(name)] = value;
  }
  return values;
}

}  // namespace segue::cli
