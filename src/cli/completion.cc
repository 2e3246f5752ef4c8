#include "cli/completion.h"

#include <algorithm>

#include "base/text.h"
#include "cli/commands.h"
#include "segue/error.h"

namespace segue::cli {

namespace {

// What the words after an option, or in the place of a positional, can be.
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

// The program itself knows the names of environments and migrations.
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

// --- bash ---

std::string BashValues(const OptionSpec& option) {
  switch (ValuesOf(option)) {
    case Values::kChoices:
      return "words='" + base::Join(option.choices, " ") + "'";
    case Values::kFiles:
      return "kinds=-f";
    case Values::kFolders:
      return "kinds=-d";
    case Values::kAsked:
      // A migration may be named by its file, too.
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
  text += "            words='" + base::Join(FlagNames(command), " ") + "'\n";
  if (const OptionSpec* positional = Positional(command)) {
    text += "          else\n            " + BashValues(*positional) + "\n";
  }
  return text + "          fi ;;\n      esac ;;\n";
}

constexpr char kBashHead[] =
    "# bash completion for segue; made by: segue completion bash\n"
    "_segue() {\n"
    "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
    "  local command='' words='' kinds='' i\n"
    "  COMPREPLY=()\n"
    "  # bash splits --option=value into three words.\n"
    "  if [[ $cur == '=' ]]; then\n"
    "    cur=''\n"
    "  elif [[ $prev == '=' ]]; then\n"
    "    prev=${COMP_WORDS[COMP_CWORD-2]}\n"
    "  fi\n"
    "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "    case ${COMP_WORDS[i]} in\n"
    "      --url|--env|--schema|--role|--config) ((i++)) ;;\n"
    "      -*) ;;\n"
    "      *) command=${COMP_WORDS[i]}; break ;;\n"
    "    esac\n"
    "  done\n"
    "  case $command in\n";

constexpr char kBashTail[] =
    "  esac\n"
    "  [[ -n $words ]] && COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
    "  if [[ -n $kinds ]]; then\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    local name\n"
    "    while IFS= read -r name; do COMPREPLY+=(\"$name\"); done \\\n"
    "      < <(compgen \"$kinds\" -- \"$cur\")\n"
    "  fi\n"
    "  return 0\n"
    "}\n"
    "complete -F _segue segue\n";

std::string Bash() {
  const std::string names = base::Join(CommandNames(), " ");
  std::string text = kBashHead;
  text += "    '') words='" + names + " --version --help' ;;\n";
  text += "    help) words='" + names + " --man' ;;\n";
  for (const Command& command : Commands()) text += BashCase(command);
  return text + kBashTail;
}

// --- zsh ---

// Within single quotes, and within a [description] of _arguments.
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

constexpr char kZshHead[] =
    "#compdef segue\n"
    "# zsh completion for segue; made by: segue completion zsh\n"
    "_segue_environments() {\n"
    "  compadd -- ${(f)\"$(segue completion zsh --list environments "
    "2>/dev/null)\"}\n"
    "}\n"
    "_segue_migrations() {\n"
    "  compadd -- ${(f)\"$(segue completion zsh --list migrations "
    "2>/dev/null)\"}\n"
    "}\n"
    "_segue_files() {\n"
    "  _segue_migrations\n"
    "  _files\n"
    "}\n"
    "_segue() {\n"
    "  local context state line\n"
    "  typeset -A opt_args\n"
    "  local -a commands\n"
    "  commands=(\n";

constexpr char kZshMiddle[] =
    "  )\n"
    "  _arguments -C '1: :->command' '*:: :->arguments'\n"
    "  if [[ $state == command ]]; then\n"
    "    _describe -t commands 'segue command' commands\n"
    "    return\n"
    "  fi\n"
    "  case $words[1] in\n"
    "    help) _describe -t commands 'segue command' commands ;;\n";

constexpr char kZshTail[] =
    "  esac\n"
    "}\n"
    "if [[ $funcstack[1] == _segue ]]; then\n"
    "  _segue \"$@\"\n"
    "else\n"
    "  compdef _segue segue\n"
    "fi\n";

std::string Zsh() {
  std::string text = kZshHead;
  for (const Command& command : Commands()) {
    text += "    '" + command.name + ":" + ZshText(command.summary) + "'\n";
  }
  text += "    'help:show how a command is used'\n";
  text += kZshMiddle;
  for (const Command& command : Commands()) text += ZshCase(command);
  return text + kZshTail;
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
  const std::string head = "complete -c segue -n __fish_use_subcommand -a ";
  std::string text =
      "# fish completion for segue; made by: segue completion fish\n"
      "complete -c segue -f\n";
  for (const Command& command : Commands()) {
    text += head + command.name + " -d " + FishQuoted(command.summary) + "\n";
  }
  text += head + "help -d 'show how a command is used'\n";
  text += "complete -c segue -n '__fish_seen_subcommand_from help' -a " +
          FishQuoted(base::Join(CommandNames(), " ")) + "\n";
  for (const Command& command : Commands()) text += FishCommand(command);
  return text;
}

}  // namespace

std::string CompletionScript(const std::string& shell) {
  if (shell == "bash") return Bash();
  if (shell == "zsh") return Zsh();
  if (shell == "fish") return Fish();
  throw Error(ErrorKind::kInternal, "no completion for " + shell);
}

}  // namespace segue::cli
