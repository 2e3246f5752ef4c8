#include "cli/main.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "base/version.h"
#include "cli/commands.h"
#include "cli/commit.h"
#include "cli/help.h"
#include "cli/hide_secrets.h"
#include "cli/man_page.h"
#include "cli/output.h"
#include "cli/signals.h"
#include "cli/telemetry.h"
#include "cli/terminal.h"
#include "report/error_text.h"
#include "report/json.h"
#include "segue/error.h"

namespace segue::cli {

namespace {

constexpr int kExitInternal = 1;
constexpr int kExitUsage = 2;

std::optional<std::string> EnvironmentVariable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

const OptionSpec* CommonOption(const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  for (const auto* options : {&ConnectionOptions(), &OutputOptions()}) {
    for (const OptionSpec& option : *options) {
      if (option.name == name) return &option;
    }
  }
  return nullptr;
}

// Options that all commands have may stand before the command: segue --url URL
// status.
void MoveOptionsBehindCommand(std::vector<std::string>& words) {
  std::size_t first = 0;
  while (first < words.size()) {
    const OptionSpec* option = CommonOption(words[first]);
    if (option == nullptr) break;
    const bool value_follows =
        !option->value.empty() && words[first].find('=') == std::string::npos;
    first += value_follows ? 2 : 1;
  }
  if (first >= words.size() || words[first].starts_with("-")) return;
  std::rotate(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(first),
              words.begin() + static_cast<std::ptrdiff_t>(first) + 1);
}

int RunCommand(const Command& command, const Arguments& arguments,
               Surroundings& around, CancelToken& cancel) {
  std::unique_ptr<SignalWatch> watch;
  if (command.stops_orderly && around.watch_signals) {
    watch = std::make_unique<SignalWatch>(cancel, around.err_is_terminal);
  }
  // The telemetry comes after the signal watch, because its threads must not
  // get the signals.
  Telemetry telemetry(arguments, around);
  try {
    const int code =
        command.run(Context{around, arguments, cancel, &telemetry});
    telemetry.Ended();
    return code;
  } catch (const Error& error) {
    telemetry.Failed(error);
    throw;
  }
}

// Runs `segue help` and `segue --version`. Returns nullopt for a command of the
// table.
std::optional<int> RunBuiltIn(const std::vector<std::string>& words,
                              Surroundings& around) {
  if (words.empty()) {
    around.err << HelpText();
    return kExitUsage;
  }
  if (words[0] == "--version") {
    around.out << "segue " << base::Version();
    if (!Commit().empty()) around.out << " (" << Commit() << ")";
    around.out << "\n";
    return 0;
  }
  if (words[0] != "help" && words[0] != "--help") return std::nullopt;
  if (words.size() > 1 && words[1] == "--man") {
    around.out << ManPage();
    return 0;
  }
  const bool about_command = words[0] == "help" && words.size() > 1;
  around.out << (about_command ? HelpText(FindCommand(words[1])) : HelpText());
  return 0;
}

int Dispatch(std::vector<std::string> words, Surroundings& around,
             CancelToken& cancel) {
  std::replace(words.begin(), words.end(), std::string("-h"),
               std::string("--help"));
  MoveOptionsBehindCommand(words);
  if (const std::optional<int> code = RunBuiltIn(words, around)) return *code;
  const Command& command = FindCommand(words[0]);
  const Arguments arguments =
      ParseArguments(command.name, AllOptions(command),
                     std::vector<std::string>(words.begin() + 1, words.end()));
  if (arguments.Has("--help")) {
    around.out << HelpText(command);
    return 0;
  }
  return RunCommand(command, arguments, around, cancel);
}

int Report(const Error& error, bool json, Surroundings& around) {
  if (json) {
    around.out << report::ErrorJson(error) << "\n";
  } else if (!around.err_is_log) {
    around.err << report::ErrorText(error);
  }
  return ExitCode(error.kind());
}

}  // namespace

int RunCommandLine(std::vector<std::string> words, Surroundings& around,
                   CancelToken& cancel) {
  const bool json =
      std::find(words.begin(), words.end(), "--json") != words.end();
  try {
    return Dispatch(std::move(words), around, cancel);
  } catch (const Error& error) {
    return Report(error, json, around);
  } catch (const std::exception& error) {
    return Report(Error(ErrorKind::kInternal, error.what()), json, around);
  }
}

int Main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  HideSecrets(argc, argv);
  // A reader that closes the pipe (| head) must not kill a migration.
  std::signal(SIGPIPE, SIG_IGN);
  OpenClosedDescriptors();
  OutputBuffer out_buffer(STDOUT_FILENO);
  OutputBuffer err_buffer(STDERR_FILENO);
  std::ostream out(&out_buffer);
  std::ostream err(&err_buffer);
  err << std::unitbuf;
  CancelToken cancel;
  Surroundings around{out, err, "", EnvironmentVariable};
  around.err_is_terminal = IsTerminal(STDERR_FILENO);
  around.watch_signals = true;
  around.out_is_terminal = IsTerminal(STDOUT_FILENO);
  if (IsTerminal(STDIN_FILENO) && around.err_is_terminal) {
    around.ask = [&](const std::string& question) {
      return AskUser(question, err, cancel);
    };
  }
  const int code = RunCommandLine(std::move(words), around, cancel);
  out.flush();
  if (out_buffer.error() == 0) return code;
  err << "segue: the answer cannot be written: "
      << std::strerror(out_buffer.error()) << "\n";
  return code == 0 ? kExitInternal : code;
}

}  // namespace segue::cli
