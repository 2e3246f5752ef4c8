#include "cli/help.h"

#include <algorithm>

namespace segue::cli {

namespace {

constexpr char kHead[] =
    "segue changes the schema of a live database while the old and the new\n"
    "version of an application run side by side.\n"
    "\n"
    "Usage: segue COMMAND [options]\n";

constexpr char kTail[] =
    "\n"
    "Where the database is: --url, --env NAME, DATABASE_URL, .env or "
    "segue.yaml.\n"
    "segue help COMMAND shows a command's options; segue --version the "
    "version.\n";

std::string Padded(const std::string& text, std::size_t width) {
  return text + std::string(width > text.size() ? width - text.size() : 1, ' ');
}

std::string Label(const OptionSpec& option) {
  if (option.positional() || option.value.empty()) return option.name;
  return option.name + " " + option.value;
}

std::string OptionLines(const std::vector<OptionSpec>& options) {
  std::size_t width = 0;
  for (const OptionSpec& option : options) {
    width = std::max(width, Label(option).size() + 2);
  }
  std::string text;
  for (const OptionSpec& option : options) {
    text += "  " + Padded(Label(option), width) + option.help + "\n";
  }
  return text;
}

}  // namespace

std::string HelpText() {
  std::string text = std::string(kHead) + "\nCommands:\n";
  for (const Command& command : Commands()) {
    text += "  " + Padded(command.name, 12) + command.summary + "\n";
  }
  return text + kTail;
}

std::string HelpText(const Command& command) {
  std::string usage = "Usage: segue " + command.name;
  for (const OptionSpec& option : command.options) {
    if (!option.positional()) continue;
    usage += option.optional ? " [" + option.name + "]" : " " + option.name;
  }
  return "segue " + command.name + ": " + command.summary + "\n\n" + usage +
         " [options]\n\nOptions:\n" + OptionLines(AllOptions(command));
}

}  // namespace segue::cli
