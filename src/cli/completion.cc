#include "cli/completion.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/completion_templates.h"
#include "segue/error.h"

namespace segue::cli {

namespace {

// The kinds of values that an option or a positional can have.
enum class Values { kAnything, kChoices, kFiles, kFolders, kAsked };

Values ValuesOf(const OptionSpec& option) {
  if (!option.choices.empty()) return Values::kChoices;
  if (option.name == "FILE" || option.name == "--env" ||
      option.name == "--to") {
    return Values::kAsked;
  }
  if (option.value == "FILE") return Values::kFiles;
  if (option.value == "DIR") return Values::kFolders;
  return Values::kAnything;
}

// The program itself lists the names of environments and migrations.
std::string AskCommand(const OptionSpec& option) {
  return std::string("segue completion bash --list ") +
         (option.name == "--env" ? "environments" : "migrations") +
         " 2>/dev/null";
}

std::vector<OptionSpec> Flags(const Command& command) {
  std::vector<OptionSpec> flags = AllOptions(command);
  flags.erase(
      std::remove_if(flags.begin(), flags.end(),
                     [](const OptionSpec& o) { return o.positional(); }),
      flags.end());
  return flags;
}

std::vector<std::string> CommandNames() {
  std::vector<std::string> names;
  for (const Command& command : Commands()) names.push_back(command.name);
  names.emplace_back("help");
  return names;
}

std::vector<std::string> FlagNames(const Command& command) {
  std::vector<std::string> names;
  for (const OptionSpec& flag : Flags(command)) names.push_back(flag.name);
  return names;
}

const OptionSpec* Positional(const Command& command) {
  for (const OptionSpec& option : command.options) {
    if (option.positional()) return &option;
  }
  return nullptr;
}

// Returns the template with every occurrence of these names replaced by its
// text. Names within a replacement are not replaced.
std::string Filled(
    std::string_view text,
    const std::vector<std::pair<std::string, std::string>>& values) {
  std::string filled;
  for (std::size_t at = 0; at < text.size();) {
    const auto value =
        std::find_if(values.begin(), values.end(), [&](const auto& one) {
          return text.substr(at).starts_with(one.first);
        });
    if (value == values.end()) {
      filled += text[at++];
    } else {
      filled += value->second;
      at += value->first.size();
    }
  }
  return filled;
}

// --- bash ---

// Returns words of the program's own, a line each.
std::string BashLines(const std::vector<std::string>& words) {
  return "$'" + base::Join(words, "\\n") + "'";
}

std::string BashValues(const OptionSpec& option) {
  switch (ValuesOf(option)) {
    case Values::kChoices:
      return "words=" + BashLines(option.choices);
    case Values::kFiles:
      return "kinds=-f";
    case Values::kFolders:
      return "kinds=-d";
    case Values::kAsked:
      // A migration may also be named by its file.
      return "words=$(" + AskCommand(option) + ")" +
             (option.name == "FILE" ? "; kinds=-f" : "");
    case Values::kAnything:
      return ":";
  }
  return ":";
}

std::string BashCase(const Command& command) {
  std::string text = "    " + command.name + ")\n      case $prev in\n";
  for (const OptionSpec& flag : Flags(command)) {
    if (flag.value.empty()) continue;
    text += "        " + flag.name + ") " + BashValues(flag) + " ;;\n";
  }
  text += "        *)\n          if [[ $cur == -* ]]; then\n";
  text += "            words=" + BashLines(FlagNames(command)) + "\n";
  if (const OptionSpec* positional = Positional(command)) {
    text += "          else\n            " + BashValues(*positional) + "\n";
  }
  return text + "          fi ;;\n      esac ;;\n";
}

std::string Bash() {
  std::string cases;
  for (const Command& command : Commands()) cases += BashCase(command);
  return Filled(kBashTemplate, {{"@NAMES@", base::Join(CommandNames(), "\\n")},
                                {"@COMMANDS@\n", cases}});
}

// --- zsh ---

// Quotes text for a [description] of _arguments within single quotes.
std::string ZshText(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\'') {
      escaped += "'\\''";
    } else {
      if (c == '[' || c == ']' || c == ':') escaped += '\\';
      escaped += c;
    }
  }
  return escaped;
}

std::string ZshValues(const OptionSpec& option) {
  switch (ValuesOf(option)) {
    case Values::kChoices:
      return "(" + base::Join(option.choices, " ") + ")";
    case Values::kFiles:
      return "_files";
    case Values::kFolders:
      return "_files -/";
    case Values::kAsked:
      return option.name == "--env"  ? "_segue_environments"
             : option.name == "FILE" ? "_segue_files"
                                     : "_segue_migrations";
    case Values::kAnything:
      return " ";
  }
  return " ";
}

std::string ZshCase(const Command& command) {
  std::string text = "    " + command.name + ")\n      _arguments";
  for (const OptionSpec& flag : Flags(command)) {
    text += " \\\n        '" + flag.name + "[" + ZshText(flag.help) + "]";
    if (!flag.value.empty()) text += ":" + flag.value + ":" + ZshValues(flag);
    text += "'";
  }
  if (const OptionSpec* positional = Positional(command)) {
    text += " \\\n        '1:" + positional->name + ":" +
            ZshValues(*positional) + "'";
  }
  return text + " ;;\n";
}

std::string Zsh() {
  std::string summaries;
  std::string cases;
  for (const Command& command : Commands()) {
    summaries +=
        "    '" + command.name + ":" + ZshText(command.summary) + "'\n";
    cases += ZshCase(command);
  }
  return Filled(kZshTemplate,
                {{"@SUMMARIES@\n", summaries}, {"@COMMANDS@\n", cases}});
}

// --- fish ---

std::string FishQuoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

std::string FishValues(const OptionSpec& option) {
  switch (ValuesOf(option)) {
    case Values::kChoices:
      return " -x -a " + FishQuoted(base::Join(option.choices, " "));
    case Values::kFiles:
      return " -r -F";
    case Values::kFolders:
      return " -x -a '(__fish_complete_directories)'";
    case Values::kAsked:
      return (option.name == "FILE" ? " -F" : " -x") + std::string(" -a ") +
             FishQuoted("(" + AskCommand(option) + ")");
    case Values::kAnything:
      return " -x";
  }
  return " -x";
}

std::string FishCommand(const Command& command) {
  const std::string head =
      "complete -c segue -n '__fish_seen_subcommand_from " + command.name + "'";
  std::string text;
  for (const OptionSpec& flag : Flags(command)) {
    text += head + " -l " + flag.name.substr(2);
    if (!flag.value.empty()) text += FishValues(flag);
    text += " -d " + FishQuoted(flag.help) + "\n";
  }
  if (const OptionSpec* positional = Positional(command)) {
    text += ValuesOf(*positional) == Values::kAnything
                ? ""
                : head + FishValues(*positional) + "\n";
  }
  return text;
}

std::string Fish() {
  std::string summaries;
  std::string commands;
  for (const Command& command : Commands()) {
    summaries += "complete -c segue -n __fish_use_subcommand -a " +
                 command.name + " -d " + FishQuoted(command.summary) + "\n";
    commands += FishCommand(command);
  }
  return Filled(kFishTemplate, {{"@SUMMARIES@\n", summaries},
                                {"@NAMES@", base::Join(CommandNames(), " ")},
                                {"@COMMANDS@\n", commands}});
}

}  // namespace

std::string CompletionScript(const std::string& shell) {
  if (shell == "bash") return Bash();
  if (shell == "zsh") return Zsh();
  if (shell == "fish") return Fish();
  throw Error(ErrorKind::kInternal, "no completion for " + shell);
}

}  // namespace segue::cli
