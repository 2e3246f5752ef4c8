// What a command gets: its arguments, and the outside world as a seam, so that
// tests decide what the environment says and what the user answers.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <ostream>
#include <string>

#include "base/cancel.h"
#include "cli/arguments.h"

namespace segue::cli {

struct Surroundings {
  std::ostream& out;  // results
  std::ostream& err;  // progress, questions and errors
  // What relative paths start from; empty: the current directory, and messages
  // then name files as the user did.
  std::filesystem::path directory;
  // An environment variable; nullopt when it is not set.
  std::function<std::optional<std::string>(const std::string& name)> variable;
  // Asks a question and gives the answer; nullopt when the user left. Empty
  // when there is no terminal to ask at.
  std::function<std::optional<std::string>(const std::string& question)> ask =
      {};
  bool err_is_terminal = false;
  bool watch_signals = false;  // this is the whole process, not a test
  bool out_is_terminal = false;
  // `err` has the structured log, and nothing else is to be mixed with it.
  bool err_is_log = false;
};

class Telemetry;

struct Context {
  Surroundings& around;
  const Arguments& arguments;
  base::CancelToken& cancel;
  Telemetry* telemetry = nullptr;  // null: nobody else looks

  bool json() const { return arguments.Has("--json"); }
  bool quiet() const { return arguments.Has("--quiet"); }
};

}  // namespace segue::cli
