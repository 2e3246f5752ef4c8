#include "report/error_text.h"

#include <sstream>

#include "report/layout.h"

namespace segue::report {

namespace {

// This is enough to recognise a statement.
constexpr std::size_t kSqlCharacters = 160;

// Shortens a statement to one line; --json has the whole statement.
std::string OneLine(const std::string& sql) {
  std::istringstream words(sql);
  std::string line;
  for (std::string word; words >> word;) {
    if (!line.empty()) line += ' ';
    line += word;
  }
  return FitWidth(line, kSqlCharacters);
}

// Indents the further lines of a message, which may quote what others wrote, so
// that none of them looks like a line of segue's own.
std::string Indented(const std::string& message) {
  std::string text;
  for (const char c : message) {
    text += c;
    if (c == '\n') text += "    ";
  }
  return text;
}

}  // namespace

std::string ErrorText(const Error& error) {
  std::string text = "segue: " + Indented(error.what()) + "\n";
  const std::string source = error.source().ToString();
  if (!source.empty()) text += "  at: " + source + "\n";
  for (const std::string& note : error.notes()) {
    text += "  " + Indented(note) + "\n";
  }
  if (!error.sql().empty()) text += "  in: " + OneLine(error.sql()) + "\n";
  if (!error.hint().empty()) text += "  hint: " + error.hint() + "\n";
  return text;
}

}  // namespace segue::report
